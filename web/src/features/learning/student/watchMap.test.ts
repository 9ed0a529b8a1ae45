import { describe, expect, it } from 'vitest'
import type { Span } from './model'
import { folds, follow, readMap, segments, totals, type WatchMap } from './watchMap'

const span = (start: number, end: number): Span => ({ start, end })
const map = (more: Partial<WatchMap> = {}): WatchMap => ({
  end: 100_000,
  covered: [],
  pending: [],
  refused: [],
  ...more,
})
const beat = (...spans: Span[]) => ({ seq: 1, spans, rate: 1, visible: true })

describe('the map', () => {
  it('gives each place one state: counting wins over waiting, waiting over a refusal', () => {
    const read = readMap({
      end: 100_000,
      covered: [span(0, 4000)],
      pending: [span(3000, 6000)],
      refused: [{ ...span(2000, 9000), reason: 'NOT_SERVED' }],
    })
    expect(segments(read).map(({ start, end, state }) => [start, end, state])).toEqual([
      [0, 4000, 'counts'],
      [4000, 6000, 'waits'],
      [6000, 9000, 'not'],
    ])
    expect(totals(read)).toEqual({ counts: 4000, waits: 2000, not: 3000 })
  })
  it('follows an answer place by place', () => {
    const refused = [
      { ...span(2000, 3000), reason: 'CHECK_PENDING' as const },
      { ...span(4000, 5000), reason: 'HIDDEN' as const },
      { ...span(0, 1000), reason: 'COUNTED_BEFORE' as const },
    ]
    const next = follow(map(), beat(span(0, 5000)), { lease: 'HELD', refused })
    expect(next).toMatchObject({
      covered: [span(0, 2000), span(3000, 4000)],
      pending: [span(2000, 3000)],
      refused: [{ ...span(4000, 5000), reason: 'HIDDEN' }],
    })
  })
  it('is drawn without the slivers at the seams of reports', () => {
    const seams = map({
      covered: [span(0, 4000), span(4100, 9000)],
      refused: [{ ...span(4000, 4100), reason: 'TOO_FAST' }],
    })
    expect(segments(seams)).toEqual([{ ...span(0, 9000), state: 'counts' }])
    const blocks = map({ covered: [span(0, 1), span(2, 3)] })
    expect(segments(blocks, 0)).toHaveLength(2)
  })
  it('forgets a refusal once the place counts', () => {
    const before = map({ refused: [{ ...span(0, 5000), reason: 'NOT_SERVED' }] })
    const next = follow(before, beat(span(0, 2000)), { lease: 'HELD', refused: [] })
    expect(next.refused).toEqual([{ ...span(2000, 5000), reason: 'NOT_SERVED' }])
  })
  it('takes the newest reason', () => {
    const before = map({ refused: [{ ...span(0, 5000), reason: 'TOO_FAST' }] })
    const refused = [{ ...span(0, 5000), reason: 'NOT_SERVED' as const }]
    expect(follow(before, beat(span(0, 5000)), { lease: 'HELD', refused }).refused).toEqual(refused)
  })
  it('counts nothing of a beat that lost the lease', () => {
    const next = follow(map(), beat(span(0, 5000)), { lease: 'LOST', refused: [] })
    expect([next.covered, next.refused]).toEqual([[], [{ ...span(0, 5000), reason: 'LEASE_LOST' }]])
  })
})

describe('the list of what does not count', () => {
  it('is told reason by reason, neighbours as one, without slivers', () => {
    const lines = folds(
      map({
        pending: [span(60_000, 70_000)],
        refused: [
          { ...span(0, 2000), reason: 'NOT_SERVED' },
          { ...span(2000, 4000), reason: 'NOT_SERVED' },
          { ...span(9000, 9200), reason: 'NOT_SERVED' },
          { ...span(20_000, 30_000), reason: 'HIDDEN' },
        ],
      }),
    )
    expect(lines).toEqual([
      { reason: 'CHECK_PENDING', spans: [span(60_000, 70_000)] },
      { reason: 'NOT_SERVED', spans: [span(0, 4000)] },
      { reason: 'HIDDEN', spans: [span(20_000, 30_000)] },
    ])
  })
  it('is empty where everything counts', () => expect(folds(map({ covered: [span(0, 9)] }))).toEqual([]))
})
