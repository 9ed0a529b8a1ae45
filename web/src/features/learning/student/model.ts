// What a player or a reader reports, and how it gets to the server without loss. Pure: time and answers come in as arguments.
//   tape   what was really played, as spans of the medium
//   shelf  which paragraphs were on screen
//   queue  the beats: numbered, one at a time, sent again until they are answered
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

// ---- queue

const MOST_SPANS = 200

export interface Beat {
  seq: number
  spans: Span[]
  rate: number | null
  visible: boolean
}
export interface Queue {
  nextSeq: number
  /** sent and not answered: may only be sent again as it was, for the server may have it */
  flight: Beat | null
  /** waiting for the next beat, as they were played */
  waiting: Span[]
}
export const openQueue = (nextSeq: number): Queue => ({ nextSeq, flight: null, waiting: [] })

/** Overlaps within one beat say nothing new, but where the last span ends is where the person is: it stays last. */
export function add(queue: Queue, spans: Span[]): Queue {
  return { ...queue, waiting: [...queue.waiting, ...spans].filter(({ start, end }) => end > start) }
}

/** The beat to send now: the one in flight again, or a new one with as much as fits. */
export function nextBeat(queue: Queue, now: { rate: number | null; visible: boolean }): [Queue, Beat] {
  if (queue.flight) return [queue, queue.flight]
  const packed = pack(queue.waiting)
  const beat = { seq: queue.nextSeq, spans: packed.slice(0, MOST_SPANS), ...now }
  return [{ ...queue, flight: beat, waiting: packed.slice(MOST_SPANS) }, beat]
}

function pack(spans: Span[]): Span[] {
  const last = spans.at(-1)
  if (!last) return []
  const merged = union(spans)
  const home = merged.find(({ start, end }) => start <= last.start && last.end <= end) ?? last
  // The end of the last span played is where the person is, unless the merged one goes on beyond it.
  const tail = home.end === last.end ? [home] : [home, last]
  return [...merged.filter((span) => span !== home), ...tail]
}

/** Answered: on disk. What came too fast may be claimed again and is; for a reading the blocks on screen claim themselves. */
export function answered(queue: Queue, answer: Answer, claimAgain: boolean): Queue {
  const again = claimAgain ? answer.refused.filter(({ reason }) => reason === 'TOO_FAST') : []
  return {
    nextSeq: answer.nextSeq,
    flight: null,
    waiting: [...again.map(({ start, end }) => ({ start, end })), ...queue.waiting],
  }
}

/** What the server counted of a beat: all that it did not refuse. */
export function creditedOf(beat: Beat, answer: Answer): Span[] {
  if (answer.lease === 'LOST') return []
  const refused = answer.refused.filter(({ reason }) => reason !== 'COUNTED_BEFORE')
  return without(beat.spans, refused)
}

/**
 * Refused as a whole. CONFLICT: the server has another beat under this number. GAP: it tells which number it waits for. Both keep
 * the spans for a new beat. INVALID would be so for ever: the spans are given up. Whatever else happened (no line, a busy server),
 * the beat may have arrived, so it stays in flight and is sent again as it is.
 */
export function refusedBeat(queue: Queue, code: string, nextSeq?: number): Queue {
  const { flight, waiting } = queue
  if (!flight) return queue
  if (code === 'CONFLICT')
    return { nextSeq: flight.seq + 1, flight: null, waiting: [...flight.spans, ...waiting] }
  if (code === 'GAP' && nextSeq !== undefined)
    return { nextSeq, flight: null, waiting: [...flight.spans, ...waiting] }
  if (code === 'INVALID') return { ...queue, flight: null }
  return queue
}

export const isEmpty = (queue: Queue) => !queue.flight && queue.waiting.length === 0
