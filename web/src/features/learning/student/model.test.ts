import { describe, expect, it } from 'vitest'
import {
  add,
  answered,
  appear,
  blankTape,
  creditedOf,
  emptyShelf,
  gatherAwards,
  isEmpty,
  lift,
  nextBeat,
  openQueue,
  record,
  refusedBeat,
  takeSeen,
  union,
  vanish,
  without,
  type Answer,
  type Span,
} from './model'

const span = (start: number, end: number): Span => ({ start, end })
const now = { rate: 1, visible: true }
const told = (more: Partial<Answer> = {}): Answer => ({
  nextSeq: 2,
  lease: 'HELD',
  creditedMs: 0,
  coverage: 0,
  completed: false,
  refused: [],
  awards: [],
  ...more,
})

describe('spans', () => {
  it('merge when they touch', () =>
    expect(union([span(5, 9)], [span(0, 5), span(20, 30)])).toEqual([span(0, 9), span(20, 30)]))
  it('forget what is empty', () => expect(union([span(3, 3)])).toEqual([]))
  it('are cut out of others', () =>
    expect(without([span(0, 10)], [span(2, 4), span(9, 12)])).toEqual([span(0, 2), span(4, 9)]))
  it('are left whole beside a cut', () =>
    expect(without([span(5, 8)], [span(0, 2), span(10, 12)])).toEqual([span(5, 8)]))
})

describe('amounts', () => {
  it('of one rule become one line', () => {
    const award = (key: string, amount: string) => ({
      rule: { key, title: key },
      measure: 'POINTS' as const,
      amount,
    })
    const lines = gatherAwards([award('video', '1'), award('video', '1'), award('done', '5')])
    expect(lines.map(({ rule, amount }) => [rule.key, amount])).toEqual([
      ['video', '2'],
      ['done', '5'],
    ])
  })
})

describe('the tape', () => {
  const play = (steps: [number, number][], rate = 1) =>
    steps.reduce((tape, [position, time]) => record(tape, position, time, rate), blankTape())

  it('grows while playing', () =>
    expect(
      play([
        [0, 0],
        [250, 250],
        [510, 505],
      ]).spans,
    ).toEqual([span(0, 510)]))
  it('counts nothing of a jump that no event told', () =>
    expect(
      play([
        [0, 0],
        [30_000, 250],
        [30_250, 500],
      ]).spans,
    ).toEqual([span(30_000, 30_250)]))
  it('counts nothing of a jump back', () =>
    expect(
      play([
        [9000, 0],
        [1000, 250],
      ]).spans,
    ).toEqual([]))
  it('allows double speed at double speed only', () => {
    const steps: [number, number][] = [
      [0, 0],
      [2000, 1000],
    ]
    expect(play(steps, 2).spans).toEqual([span(0, 2000)])
    expect(play(steps, 1).spans).toEqual([])
  })
  it('splits at a seek', () => {
    const before = play([
      [0, 0],
      [200, 200],
    ])
    const after = record(record(lift(before), 300, 300, 1), 500, 500, 1)
    expect(after.spans).toEqual([span(0, 200), span(300, 500)])
  })
})

describe('the shelf', () => {
  it('tells blocks that stay, again and again', () => {
    const shelf = emptyShelf()
    appear(shelf, 0, 0)
    appear(shelf, 1, 0)
    expect(takeSeen(shelf, 5000)).toEqual([span(0, 2)])
    expect(takeSeen(shelf, 9000)).toEqual([span(0, 2)])
  })
  it('tells a block that went, once', () => {
    const shelf = emptyShelf()
    appear(shelf, 3, 0)
    vanish(shelf, 3, 4000)
    expect(takeSeen(shelf, 5000)).toEqual([span(3, 4)])
    expect(takeSeen(shelf, 9000)).toEqual([])
  })
  it('does not tell what only flitted by', () => {
    const shelf = emptyShelf()
    appear(shelf, 7, 0)
    vanish(shelf, 7, 300)
    vanish(shelf, 8, 300)
    expect(takeSeen(shelf, 5000)).toEqual([])
  })
})

describe('the queue', () => {
  const filled = add(openQueue(1), [span(0, 5000)])

  it('sends what was played under the next number', () => {
    const [queue, beat] = nextBeat(filled, now)
    expect([beat.seq, beat.spans, queue.waiting]).toEqual([1, [span(0, 5000)], []])
  })
  it('sends the very same beat again when the reply was lost', () => {
    const [sent, beat] = nextBeat(filled, now)
    const later = add(refusedBeat(sent, 'OFFLINE'), [span(5000, 9000)])
    const [, again] = nextBeat(later, { rate: 2, visible: false })
    expect(again).toBe(beat)
    expect(later.waiting).toEqual([span(5000, 9000)])
  })
  it('goes on with the number of the answer', () => {
    const [sent] = nextBeat(filled, now)
    const queue = answered(sent, told({ nextSeq: 2 }), true)
    expect([queue.nextSeq, isEmpty(queue)]).toEqual([2, true])
  })
  it('keeps the spans when the number was taken', () => {
    const queue = refusedBeat(nextBeat(filled, now)[0], 'CONFLICT')
    expect([queue.nextSeq, queue.flight, queue.waiting]).toEqual([2, null, [span(0, 5000)]])
  })
  it('keeps the spans over a gap, and takes the number that is waited for', () => {
    const queue = refusedBeat(nextBeat(filled, now)[0], 'GAP', 7)
    expect([queue.nextSeq, queue.waiting]).toEqual([7, [span(0, 5000)]])
  })
  it('gives up what can never be accepted', () =>
    expect(isEmpty(refusedBeat(nextBeat(filled, now)[0], 'INVALID'))).toBe(true))
  it('changes nothing without a beat under way', () => expect(refusedBeat(filled, 'GAP', 9)).toBe(filled))
  it('claims again what came too fast', () => {
    const [sent] = nextBeat(filled, now)
    const refused = [
      { start: 3000, end: 5000, reason: 'TOO_FAST' as const },
      { start: 0, end: 1000, reason: 'COUNTED_BEFORE' as const },
    ]
    expect(answered(sent, told({ refused }), true).waiting).toEqual([span(3000, 5000)])
    expect(answered(sent, told({ refused }), false).waiting).toEqual([])
  })
  it('keeps the place where the person is at the end of the beat', () => {
    const [, beat] = nextBeat(add(openQueue(1), [span(50, 60), span(0, 10), span(10, 20)]), now)
    expect(beat.spans).toEqual([span(50, 60), span(0, 20)])
    const [, inside] = nextBeat(add(openQueue(1), [span(0, 60), span(10, 20)]), now)
    expect(inside.spans.at(-1)).toEqual(span(10, 20))
  })
  it('sends at most 200 spans at once', () => {
    const many = Array.from({ length: 260 }, (_, index) => span(index * 10, index * 10 + 5))
    const [queue, beat] = nextBeat(add(openQueue(1), many), now)
    expect([beat.spans.length, queue.waiting.length]).toEqual([200, 60])
  })
  it('is a sign of life without spans', () => expect(nextBeat(openQueue(4), now)[1].spans).toEqual([]))
})

describe('what a beat counted', () => {
  const beat = { seq: 1, spans: [span(0, 10)], ...now }
  it('is what was not refused, also when it counted before', () =>
    expect(
      creditedOf(
        beat,
        told({
          refused: [
            { start: 0, end: 4, reason: 'COUNTED_BEFORE' },
            { start: 8, end: 10, reason: 'TOO_FAST' },
          ],
        }),
      ),
    ).toEqual([span(0, 8)]))
  it('is nothing once the lease is lost', () => expect(creditedOf(beat, told({ lease: 'LOST' }))).toEqual([]))
})
