// 明细 by day, newest first, with what a correction corrects in words.
import { day, schoolDay, signed, weekday } from '@/shared/format'
import type { LedgerQuery } from '@/shared/gql/student/credits/graphql'
import type { Plain } from '@/shared/plain'
import { t } from './zh-CN'

export type Entry = Plain<NonNullable<LedgerQuery['viewer']>['entries']['nodes'][number]>

export interface Day<E> {
  date: string
  entries: E[]
}

/** The list comes in order; a day is as the school's calendar has it. */
export function byDay<E extends Pick<Entry, 'postedAt'>>(entries: E[]): Day<E>[] {
  const days: Day<E>[] = []
  for (const entry of entries) {
    const date = schoolDay(entry.postedAt)
    const last = days.at(-1)
    if (last?.date === date) last.entries.push(entry)
    else days.push({ date, entries: [entry] })
  }
  return days
}

export function dayName(date: string, now = new Date()): string {
  if (date === schoolDay(now)) return t('today')
  if (date === schoolDay(new Date(now.getTime() - 86_400_000))) return t('yesterday')
  return t('weekdayOf', day(date, now), weekday(date))
}

/** "9f2c4a7be01d…" → "9f2c4a7b…6c8d21": enough to compare by eye. */
export const shortHash = (hash: string) => (hash.length > 20 ? `${hash.slice(0, 8)}…${hash.slice(-6)}` : hash)

export const reason = (entry: Pick<Entry, 'rule'>) => entry.rule?.title ?? t('unnamed')

export function correction(entry: Pick<Entry, 'reverses'>): string | null {
  const { reverses } = entry
  if (!reverses) return null
  const what = reverses.lesson ? `${reason(reverses)} · ${reverses.lesson.title}` : reason(reverses)
  return t(
    'corrects',
    day(schoolDay(reverses.postedAt)),
    what,
    `${signed(reverses.amount)} ${t(reverses.measure)}`,
  )
}

/** By whose hand an entry came, from the account on its other side. */
export function hand(contra: string) {
  if (contra === 'adjust') return 'handAdjusted'
  return contra === 'correct' ? 'handCorrected' : 'handRules'
}
