// What a request is about, in words; and whether its reason can be sent. Pure.
import { clock, dateTime, signed } from '@/shared/format'
import type { AppealCardFragment, CreditMeasure } from '@/shared/gql/student/appeals/graphql'
import type { Plain } from '@/shared/plain'
import { t } from './zh-CN'

export type Appeal = AppealCardFragment
interface Span {
  start: number
  end: number
}

export const LEAST = 5
export const MOST = 500

/** People count characters, not code units; space around them is none. */
export const lengthOf = (reason: string) => [...reason.trim()].length
export function faultOf(reason: string): string | null {
  const written = lengthOf(reason)
  if (written < LEAST) return t('tooShort')
  return written > MOST ? t('tooLong', written - MOST) : null
}

export const amountOf = (entry: { amount: string; measure: CreditMeasure }) =>
  `${signed(entry.amount)} ${t(entry.measure)}`

export function places(spans: Span[], reading: boolean): string {
  const one = ({ start, end }: Span) => {
    if (!reading) return t('from', clock(start), clock(end))
    return end - start === 1 ? t('block', start + 1) : t('blockRange', start + 1, end)
  }
  return spans.map(one).join('、')
}

export function about(appeal: Appeal): { kind: string; title: string; detail: string } {
  const { entry, lesson } = appeal
  if (entry) {
    const what = [entry.rule?.title ?? t('unnamed'), entry.lesson?.title].filter(Boolean).join(' · ')
    return { kind: t('entry'), title: what, detail: `${amountOf(entry)} · ${dateTime(entry.postedAt)}` }
  }
  const reading = lesson?.__typename === 'ReadingLesson'
  return { kind: t('spans'), title: lesson?.title ?? '', detail: places(appeal.spans, reading) }
}

/** What the page before said of what is to be reviewed; it stays with the address over a reload. */
export type Subject =
  | { kind: 'entry'; entryId: string; title: string; detail: string }
  | { kind: 'spans'; lessonId: string; spans: Span[]; title: string; detail: string }

export function readSubject(state: unknown): Subject | null {
  const told = (state ?? {}) as Plain<Record<string, unknown>>
  const title = String(told.title ?? '')
  if (typeof told.entryId === 'string')
    return { kind: 'entry', entryId: told.entryId, title, detail: String(told.detail ?? '') }
  if (typeof told.lessonId !== 'string' || !Array.isArray(told.spans)) return null
  const detail = [told.places, told.why].filter(Boolean).join(' · ')
  const spans = (told.spans as Span[]).map(({ start, end }) => ({ start: Number(start), end: Number(end) }))
  return { kind: 'spans', lessonId: told.lessonId, spans, title, detail }
}
