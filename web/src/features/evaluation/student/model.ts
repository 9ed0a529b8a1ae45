// What the growth page decides: which picture the indicators make, which calm sentence stands.
import type { GrowthQuery } from '@/shared/gql/student/evaluation/graphql'
import { forDrawing } from '@/shared/format'
import type { Plain } from '@/shared/plain'
import { t } from './zh-CN'

export type Viewer = NonNullable<GrowthQuery['viewer']>
export type Literacy = NonNullable<Viewer['literacy']>
export type Indicator = Literacy['indicators'][number]

/** "0.25" → "25%", exactly: weights have at most three places. */
export function share(weight: string): string {
  const [whole = '0', fraction = ''] = weight.split('.')
  const thousandths = Number(whole) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))
  return `${thousandths / 10}%`
}

/** A radar with one or two corners is a line; then bars say more. */
export const isRadar = (indicators: Plain<Indicator>[]) =>
  indicators.filter(({ score }) => score !== null).length >= 3

export const axes = (indicators: Plain<Indicator>[]) =>
  indicators.map(({ name, score, missing }) => ({
    label: name,
    value: score == null ? null : forDrawing(score),
    ...(missing ? { missing: t(missing) } : {}),
  }))

export function calmSentence(stage: Viewer['stage']): string {
  if (stage === 'NONE') return t('calmNONE')
  if (stage === 'APPLICANT') return t('calmAPPLICANT')
  return stage === 'MEMBER' ? t('calmMEMBER') : t('calmOther')
}
