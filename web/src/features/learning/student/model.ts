// What a player or a reader reports. Pure: time and answers come in as arguments.
//   tape   what was really played, as spans of the medium
//   shelf  which paragraphs were on screen
// How it gets to the server without loss is the business of queue.ts.
import type { HeartbeatMutation } from '@/shared/gql/student/learning/graphql'
import { sum } from '@/shared/format'
import type { Plain } from '@/shared/plain'

/** Half open: milliseconds of a video, or blocks of a reading. */
export interface Span {
  start: number
  end: number
}
export type Answer = Plain<HeartbeatMutation['heartbeat']>
export type Reason = Answer['refused'][number]['reason']

/** Sorted, without overlaps; neighbours become one. */
export function union(...lists: Span[][]): Span[] {
  const all = lists.flat().filter(({ start, end }) => end > start)
  all.sort((a, b) => a.start - b.start)
  const merged: Span[] = []
  for (const { start, end } of all) {
    const last = merged.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

/** What of `spans` no span of `cut` touches. */
export function without(spans: Span[], cut: Span[]): Span[] {
  return cut.reduce(
    (left, { start, end }) =>
      left.flatMap((span) => [
        ...(span.start < Math.min(span.end, start)
          ? [{ start: span.start, end: Math.min(span.end, start) }]
          : []),
        ...(Math.max(span.start, end) < span.end
          ? [{ start: Math.max(span.start, end), end: span.end }]
          : []),
      ]),
    union(spans),
  )
}

export const length = (spans: Span[]) => spans.reduce((sum, { start, end }) => sum + end - start, 0)

/** What one beat earned, one line for each rule and measure. */
export function gatherAwards(awards: Answer['awards']): Answer['awards'] {
  const lines = new Map<string, Answer['awards'][number]>()
  for (const award of awards) {
    const key = `${award.rule.key} ${award.measure}`
    const before = lines.get(key)
    lines.set(key, before ? { ...before, amount: sum([before.amount, award.amount]) } : award)
  }
  return [...lines.values()]
}

// ---- tape

/** Players report late and in steps; a step a little longer than the clock allows is still playing, a longer one is a jump. */
const SLACK_MS = 300

export interface Tape {
  spans: Span[]
  /** where and when the player reported last; null while it stands or jumps */
  last: { position: number; time: number } | null
}
export const blankTape = (): Tape => ({ spans: [], last: null })

/** The player says where it is. Counts only what real time allows at this rate. */
export function record(tape: Tape, position: number, time: number, rate: number): Tape {
  const { last } = tape
  const here = { position, time }
  if (!last) return { ...tape, last: here }
  const played = position - last.position
  if (played <= 0 || played > (time - last.time) * rate + SLACK_MS) return { ...tape, last: here }
  return { spans: union(tape.spans, [{ start: last.position, end: position }]), last: here }
}

/** A pause or a jump: what comes next begins anew. */
export const lift = (tape: Tape): Tape => ({ ...tape, last: null })

// ---- shelf

/** A paragraph that flits by while scrolling was not read. */
export const GLANCE_MS = 1000

export interface Shelf {
  /** since when each block is on screen */
  since: Map<number, number>
  /** on screen long enough since the last beat, and gone again */
  seen: Set<number>
}
export const emptyShelf = (): Shelf => ({ since: new Map(), seen: new Set() })

export function appear(shelf: Shelf, block: number, time: number) {
  if (!shelf.since.has(block)) shelf.since.set(block, time)
}
export function vanish(shelf: Shelf, block: number, time: number) {
  if (time - (shelf.since.get(block) ?? time) >= GLANCE_MS) shelf.seen.add(block)
  shelf.since.delete(block)
}
/** What was on screen since the last time this was asked, as spans; what is still there will be told again. */
export function takeSeen(shelf: Shelf, time: number): Span[] {
  const still = [...shelf.since].filter(([, since]) => time - since >= GLANCE_MS).map(([block]) => block)
  const spans = union([...shelf.seen, ...still].map((block) => ({ start: block, end: block + 1 })))
  shelf.seen.clear()
  return spans
}
