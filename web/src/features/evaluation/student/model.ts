// What the growth page decides: which picture the indicators make, which row of the board is ours, which calm sentence stands.
import type { BoardQuery, GrowthQuery } from '@/shared/gql/student/evaluation/graphql'
import { forDrawing } from '@/shared/format'
import type { Plain } from '@/shared/plain'
import { t } from './zh-CN'

export type Viewer = NonNullable<GrowthQuery['viewer']>
export type Literacy = NonNullable<Viewer['literacy']>
export type Indicator = Literacy['indicators'][number]
export type Board = BoardQuery['leaderboard']

/** "0.25" → "25%", exactly: weights have at most three places. */
export function share(weight: string): string {
  const [whole = '0', fraction = ''] = weight.split('.')
  const thousandths = Number(whole) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))
  return `${thousandths / 10}%`
}

/** A mean as people compare it: "19.679" → "19.7", half up, without a float in between. */
export function oneDecimal(amount: string): string {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const tenths =
    BigInt(whole) * 10n + BigInt(fraction.charAt(0) || '0') + (fraction.charAt(1) >= '5' ? 1n : 0n)
  const shown = tenths % 10n === 0n ? `${tenths / 10n}` : `${tenths / 10n}.${tenths % 10n}`
  return amount.startsWith('-') && tenths > 0n ? `-${shown}` : shown
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

/** The row of one's own unit: by its name where the board lists branches, else by the place the server gave. */
export function isOurs(
  row: Plain<Board['rows'][number]>,
  board: Plain<Board>,
  unit: string | undefined,
): boolean {
  if (board.rows.some(({ name }) => name === unit)) return row.name === unit
  return row.rank === board.me?.rank && row.points === board.me.points
}

export function calmSentence(stage: Viewer['stage']): string {
  if (stage === 'NONE') return t('calmNONE')
  if (stage === 'APPLICANT') return t('calmAPPLICANT')
  return stage === 'MEMBER' ? t('calmMEMBER') : t('calmOther')
}
