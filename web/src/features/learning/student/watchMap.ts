// What counts of a lesson, what waits, what does not and why; as the server told it, and followed beat by beat. Pure.
import { length, union, without, type Answer, type Reason, type Span } from './model'
import type { Beat } from './queue'

/** Why something does not count; what counted before does count, and what waits has a list of its own. */
export type Fault = Exclude<Reason, 'COUNTED_BEFORE' | 'CHECK_PENDING'>
export interface RefusedSpan extends Span {
  reason: Fault
}
export interface WatchMap {
  end: number
  covered: Span[]
  pending: Span[]
  refused: RefusedSpan[]
}
type Told = { end: number; covered: Span[]; pending: Span[]; refused: (Span & { reason: Reason })[] }

const isFault = (reason: Reason): reason is Fault => reason !== 'COUNTED_BEFORE' && reason !== 'CHECK_PENDING'
const bare = ({ start, end }: Span): Span => ({ start, end })

/** Each place has one state: what counts wins over what waits, and that over what was refused once. */
export function readMap(told: Told): WatchMap {
  const covered = union(told.covered.map(bare))
  const pending = without(told.pending.map(bare), covered)
  const refused = told.refused.flatMap((span) =>
    isFault(span.reason) ? cut(span, span.reason, [...covered, ...pending]) : [],
  )
  return { end: told.end, covered, pending, refused }
}
const cut = (span: Span, reason: Fault, away: Span[]): RefusedSpan[] =>
  without([bare(span)], away).map((rest) => ({ ...rest, reason }))

/** An answered beat: what it claimed has a new state, place by place. */
export function follow(map: WatchMap, beat: Beat, answer: Pick<Answer, 'refused' | 'lease'>): WatchMap {
  const refusedAll = answer.lease === 'LOST'
  const told = answer.refused.filter(({ reason }) => reason !== 'COUNTED_BEFORE')
  const counted = refusedAll ? [] : without(beat.spans, told)
  const covered = union(map.covered, counted)
  const waits = told.filter(({ reason }) => reason === 'CHECK_PENDING').map(bare)
  const fresh = told.flatMap(({ reason, ...span }) => (isFault(reason) ? [{ ...bare(span), reason }] : []))
  const faults = refusedAll && fresh.length === 0 ? all(beat.spans, 'LEASE_LOST') : fresh
  const older = map.refused.flatMap((span) => cut(span, span.reason, faults))
  return readMap({
    end: map.end,
    covered,
    pending: union(map.pending, waits),
    refused: [...older, ...faults],
  })
}
const all = (spans: Span[], reason: Fault): RefusedSpan[] => spans.map((span) => ({ ...bare(span), reason }))

export interface Segment extends Span {
  state: 'counts' | 'waits' | 'not'
}
/** Of a video: what players leave open at the seams of two reports is nothing that a person watched or missed. */
export const SEAM_MS = 250

/** For drawing and reading out: everything that has a state, in order. `seam`: 0 for blocks. */
export function segments({ covered, pending, refused }: WatchMap, seam = SEAM_MS): Segment[] {
  const of = (state: Segment['state'], spans: Span[]) =>
    union(spans.map(({ start, end }) => ({ start, end: end + seam })))
      .map(({ start, end }): Segment => ({ start, end: end - seam, state }))
      .filter(({ start, end }) => end - start > seam)
  const drawn = [...of('counts', covered), ...of('waits', pending), ...of('not', refused)]
  return drawn.sort((a, b) => a.start - b.start)
}

export interface Fold {
  reason: Fault | 'CHECK_PENDING'
  spans: Span[]
}
/** Slivers at the seams of two reports are not worth a line. */
const SLIVER_MS = 500

/** What does not count yet, reason by reason; within a reason neighbours are one. `least`: 1 for blocks. */
export function folds({ pending, refused }: WatchMap, least = SLIVER_MS): Fold[] {
  const reasons = [...new Set(refused.map(({ reason }) => reason))]
  const lines: Fold[] = [
    { reason: 'CHECK_PENDING', spans: union(pending) },
    ...reasons.map((reason) => ({
      reason,
      spans: union(refused.filter((one) => one.reason === reason).map(bare)),
    })),
  ]
  return lines
    .map(({ reason, spans }) => ({ reason, spans: spans.filter((span) => length([span]) >= least) }))
    .filter(({ spans }) => spans.length > 0)
}

export const totals = (map: WatchMap) => ({
  counts: length(map.covered),
  waits: length(map.pending),
  not: length(map.refused),
})
