// What the page of play decides: the week as seven discs, the freeze that covers today, how long a nickname is. Pure.
import type { StreakDay } from '@/design/components/StreakWeek.vue'
import type { FreezesQuery, PlayPartsFragment, PlayQuery } from '@/shared/gql/student/gamification/graphql'
import type { Plain } from '@/shared/plain'

export type Viewer = PlayPartsFragment
export type Task = NonNullable<Viewer['tasks']>[number]
export type Topic = NonNullable<NonNullable<PlayQuery['viewer']>['topics']>[number]
type Freezes = FreezesQuery['freezes']

/** Monday first; today is a state of its own. */
export function week(days: boolean[], today: string): StreakDay[] {
  const now = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  return [...'一二三四五六日'].map((label, index) => {
    const studied = days[index] ?? false
    if (index === now) return { label, state: 'today', share: studied ? 1 : 0 }
    return { label, state: studied ? 'done' : index < now ? 'missed' : 'ahead' }
  })
}

/** Days are "YYYY-MM-DD", which compare as text. A freeze holds a whole week, also before its own first day. */
export function freezeOf(freezes: Plain<Freezes>, today: string): string | null {
  const at = new Date(`${today}T00:00:00Z`).getTime()
  const weekday = (new Date(at).getUTCDay() + 6) % 7
  const day = (offset: number) => new Date(at + (offset - weekday) * 86_400_000).toISOString().slice(0, 10)
  return freezes.find(({ from, to }) => from <= day(6) && to >= day(0))?.title ?? null
}

const [shortest, longest] = [2, 12]
/** Blanks around it do not count; without one nobody joins. */
export function isNickname(text: string): boolean {
  const { length } = [...text.trim()]
  return length >= shortest && length <= longest
}

/** A mean as people compare it: "19.679" → "19.7", half up, without a float in between. */
export function oneDecimal(amount: string): string {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const tenths =
    BigInt(whole) * 10n + BigInt(fraction.charAt(0) || '0') + (fraction.charAt(1) >= '5' ? 1n : 0n)
  const shown = tenths % 10n === 0n ? `${tenths / 10n}` : `${tenths / 10n}.${tenths % 10n}`
  return amount.startsWith('-') && tenths > 0n ? `-${shown}` : shown
}
