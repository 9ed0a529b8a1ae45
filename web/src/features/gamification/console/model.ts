// The pure parts of the calendar and the goals. Days are the school's, as "YYYY-MM-DD": they compare as text.
import { day } from '@/shared/format'

interface Period {
  from: string
  to: string
}
export const period = (from: string, to: string) => (from === to ? day(from) : `${day(from)}至 ${day(to)}`)

export function phase({ from, to }: Period, today: string): 'soon' | 'now' | 'past' {
  if (today < from) return 'soon'
  return today <= to ? 'now' : 'past'
}

export function spanFault(
  from: string,
  to: string,
): { from: 'mustDay' | null; to: 'mustDay' | 'backwards' | null } {
  return { from: from ? null : 'mustDay', to: to ? (from && to < from ? 'backwards' : null) : 'mustDay' }
}

interface Goal extends Period {
  reached: number
  target: number
  endedAt?: string | null
}
export function goalState(goal: Goal, today: string): 'ahead' | 'running' | 'reached' | 'ended' {
  if (goal.endedAt || today > goal.to) return 'ended'
  if (goal.reached >= goal.target) return 'reached'
  return today < goal.from ? 'ahead' : 'running'
}
