// The beats of one study, from what was played to what is on the server's disk. Pure: each act takes a queue and gives the next one.
//   waiting   played and not sent; kept apart where it was played in sight and out of sight, for a course may count only the one
//   flight    sent and not answered: may only be sent again as it was, for the server may have it
// Offline the waiting ones grow together; when the line is back they go out under consecutive numbers.
import { length, union, without, type Answer, type Span } from './model'

/** The server reads at most so many in one beat. */
const MOST_SPANS = 200
/** A piece of the video may reach the ledger of what was served a moment after it was played. */
const MOST_TRIES = 3
/** What waited longer than a few beats waited for the line, not for the clock. */
const LATE_MS = 60_000

export interface Stretch {
  /** as they were played: where the last one ends is where the person is */
  spans: Span[]
  visible: boolean
  rate: number | null
  /** when the first of it was played, by this device */
  since: number
  /** how often it was refused as not served */
  tries: number
}
export interface Beat {
  seq: number
  spans: Span[]
  rate: number | null
  visible: boolean
}
export interface Queue {
  nextSeq: number
  flight: (Beat & Pick<Stretch, 'since' | 'tries'>) | null
  waiting: Stretch[]
}
/** How it is being played. */
export type Manner = Pick<Stretch, 'visible' | 'rate'>

export const openQueue = (nextSeq: number): Queue => ({ nextSeq, flight: null, waiting: [] })
export const isEmpty = ({ flight, waiting }: Queue) => !flight && waiting.length === 0

export function add(queue: Queue, spans: Span[], manner: Manner, now: number): Queue {
  const fresh = spans.filter(({ start, end }) => end > start)
  if (fresh.length === 0) return queue
  return { ...queue, waiting: join(queue.waiting, { spans: fresh, ...manner, since: now, tries: 0 }) }
}

/** What belongs together goes out together; the order in which it was played is kept within a stretch. */
function join(waiting: Stretch[], more: Stretch): Stretch[] {
  const at = waiting.findIndex(({ visible, tries }) => visible === more.visible && tries === more.tries)
  const found = waiting[at]
  if (!found) return [...waiting, more]
  const joined = {
    ...found,
    spans: compact([...found.spans, ...more.spans]),
    rate: more.rate,
    since: Math.min(found.since, more.since),
  }
  return put(waiting, at, joined)
}

const put = (list: Stretch[], at: number, one: Stretch) =>
  list.map((old, index) => (index === at ? one : old))

/** Overlaps within one beat say nothing new, but where the last span ends is where the person is: it stays last. */
function compact(spans: Span[]): Span[] {
  const last = spans.at(-1)
  if (!last) return []
  const merged = union(spans)
  const home = merged.find(({ start, end }) => start <= last.start && last.end <= end) ?? last
  const tail = home.end === last.end ? [home] : [home, last]
  return [...merged.filter((span) => span !== home), ...tail]
}

/** The beat to send now: the one in flight again, or a new one with as much as fits; without anything to tell, a sign of life. */
export function nextBeat(queue: Queue, manner: Manner, now: number): [Queue, Beat] {
  if (queue.flight) return [queue, bare(queue.flight)]
  const [first, ...rest] = queue.waiting
  const { visible, rate, since, tries } = first ?? { ...manner, since: now, tries: 0 }
  const spans = compact(first?.spans ?? [])
  const beat: Beat = { seq: queue.nextSeq, spans: spans.slice(0, MOST_SPANS), rate, visible }
  const over = spans.slice(MOST_SPANS)
  const waiting = first && over.length > 0 ? [{ ...first, spans: over }, ...rest] : rest
  return [{ ...queue, flight: { ...beat, since, tries }, waiting }, beat]
}
const bare = ({ seq, spans, rate, visible }: Beat): Beat => ({ seq, spans, rate, visible })

/**
 * Answered: on disk. What came too fast may be claimed again as time goes on, and is; of a reading only what waited for the line,
 * for blocks on screen claim themselves. What was not served is tried again a few times. The rest of the refusals is final here.
 */
export function answered(queue: Queue, answer: Answer, reading: boolean, now: number): Queue {
  const { flight } = queue
  const next: Queue = { nextSeq: answer.nextSeq, flight: null, waiting: queue.waiting }
  if (!flight) return next
  if (answer.lease === 'LOST') return giveBack({ ...queue, nextSeq: answer.nextSeq })
  const late = now - flight.since > LATE_MS
  const of = (reason: string) => spansOf(answer.refused.filter((one) => one.reason === reason))
  const again = (spans: Span[], tries: number) => {
    if (spans.length === 0) return
    const { visible, rate, since } = flight
    next.waiting = joinBefore(next.waiting, { spans, visible, rate, since, tries })
  }
  if (!reading || late) again(of('TOO_FAST'), flight.tries)
  if (flight.tries + 1 < MOST_TRIES) again(of('NOT_SERVED'), flight.tries + 1)
  return next
}
const spansOf = (spans: Span[]) => spans.map(({ start, end }) => ({ start, end }))

/** What is claimed again was played before what waits: where the person is must not jump back to it. */
function joinBefore(waiting: Stretch[], again: Stretch): Stretch[] {
  const at = waiting.findIndex(({ visible, tries }) => visible === again.visible && tries === again.tries)
  const found = waiting[at]
  if (!found) return [...waiting, again]
  const spans = compact([...again.spans, ...found.spans])
  return put(waiting, at, { ...found, spans, since: Math.min(found.since, again.since) })
}

/**
 * Refused as a whole. CONFLICT: the server has another beat under this number (another tab of this study, or one before a reload).
 * GAP: it tells which number it waits for. Both keep the spans for a new beat. INVALID would be so for ever: the spans are given up.
 * Whatever else happened (no line, a busy server), the beat may have arrived, so it stays in flight and is sent again as it is.
 */
export function refusedBeat(queue: Queue, code: string, nextSeq?: number): Queue {
  const { flight } = queue
  if (!flight) return queue
  if (code === 'CONFLICT') return giveBack({ ...queue, nextSeq: flight.seq + 1 })
  if (code === 'GAP' && nextSeq !== undefined) return giveBack({ ...queue, nextSeq })
  if (code === 'INVALID') return { ...queue, flight: null }
  return queue
}

function giveBack(queue: Queue): Queue {
  const { flight, waiting } = queue
  if (!flight || flight.spans.length === 0) return { ...queue, flight: null }
  const { spans, visible, rate, since, tries } = flight
  return { ...queue, flight: null, waiting: joinBefore(waiting, { spans, visible, rate, since, tries }) }
}

/** All that a study which is over still owed: to be claimed again under the next study of the lesson, where the rules let it. */
export const owed = (queue: Queue): Stretch[] => giveBack(queue).waiting

/** A new study begins with what the ones before still owed, except what has been counted meanwhile. */
export function inherit(queue: Queue, stretches: Stretch[], covered: Span[]): Queue {
  const waiting = stretches
    .map((stretch) => ({ ...stretch, tries: 0, spans: without(stretch.spans, covered) }))
    .filter(({ spans }) => spans.length > 0)
    .reduce(join, queue.waiting)
  return { ...queue, waiting }
}

/** How much is recorded on this device and not yet told: milliseconds of a video, blocks of a reading. */
export function unsent({ flight, waiting }: Queue): number {
  return length(union(flight?.spans ?? [], ...waiting.map(({ spans }) => spans)))
}

/** True while something waits that was not refused just now. */
export const hasFresh = ({ waiting }: Queue, { refused }: Pick<Answer, 'refused'>) =>
  waiting.some(({ spans }) => length(without(spans, refused)) > 0)
