import { describe, expect, it } from 'vitest'
import type { Answer, Span } from './model'
import {
  add,
  answered,
  hasFresh,
  inherit,
  isEmpty,
  nextBeat,
  openQueue,
  owed,
  refusedBeat,
  unsent,
  type Queue,
} from './queue'

const span = (start: number, end: number): Span => ({ start, end })
const seen = { visible: true, rate: 1 }
const told = (more: Partial<Answer> = {}): Answer => ({
  nextSeq: 2,
  lease: 'HELD',
  creditedMs: 0,
  coverage: 0,
  completed: false,
  refused: [],
  awards: [],
  check: null,
  again: null,
  ...more,
})
const refused = (reason: Answer['refused'][number]['reason'], ...spans: Span[]) =>
  told({ refused: spans.map((one) => ({ ...one, reason })) })
const played = (...spans: Span[]) => add(openQueue(1), spans, seen, 0)
const waiting = (queue: Queue) => queue.waiting.flatMap(({ spans }) => spans)
const sent = (queue: Queue, now = 0) => nextBeat(queue, seen, now)

describe('a beat', () => {
  it('carries what was played, under the next number', () => {
    const [queue, beat] = sent(played(span(0, 5000)))
    expect([beat, queue.waiting]).toEqual([{ seq: 1, spans: [span(0, 5000)], rate: 1, visible: true }, []])
  })
  it('is a sign of life without spans', () => expect(sent(openQueue(4))[1].spans).toEqual([]))
  it('ends where the person is', () => {
    expect(sent(played(span(50, 60), span(0, 10), span(10, 20)))[1].spans).toEqual([
      span(50, 60),
      span(0, 20),
    ])
    expect(sent(played(span(0, 60), span(10, 20)))[1].spans.at(-1)).toEqual(span(10, 20))
  })
  it('has at most 200 spans; the rest follows under the next number', () => {
    const many = Array.from({ length: 260 }, (_, index) => span(index * 10, index * 10 + 5))
    const [queue, beat] = sent(played(...many))
    const [, second] = sent(answered(queue, told(), false, 0))
    expect([beat.spans.length, second.seq, second.spans.length]).toEqual([200, 2, 60])
  })
  it('never mixes what was seen with what was only heard', () => {
    const queue = add(played(span(0, 1000)), [span(1000, 2000)], { visible: false, rate: 1 }, 0)
    const [first, beat] = sent(queue)
    const [, second] = sent(answered(first, told(), false, 0))
    expect([beat.visible, second.visible, second.seq]).toEqual([true, false, 2])
  })
})

describe('a lost reply', () => {
  it('sends the very same beat again, whatever was played meanwhile', () => {
    const [queue, beat] = sent(played(span(0, 5000)))
    const later = add(refusedBeat(queue, 'OFFLINE'), [span(5000, 9000)], { visible: false, rate: 2 }, 5000)
    expect(sent(later)[1]).toEqual(beat)
    expect(waiting(later)).toEqual([span(5000, 9000)])
  })
  it('does so after a reload: what was kept is what was sent', () => {
    const [queue, beat] = sent(played(span(0, 5000)))
    const kept = JSON.parse(JSON.stringify(queue)) as Queue
    expect(sent(kept)[1]).toEqual(beat)
  })
})

describe('a long time without a line', () => {
  it('grows to one beat, which goes out when the line is back, and says how much it is', () => {
    let queue = sent(played(span(0, 5000)))[0]
    for (let at = 5000; at < 200_000; at += 5000)
      queue = add(refusedBeat(queue, 'OFFLINE'), [span(at, at + 5000)], seen, at)
    expect(unsent(queue)).toBe(200_000)
    const [next, beat] = sent(answered(sent(queue)[0], told(), false, 200_000))
    expect([beat.seq, beat.spans]).toEqual([2, [span(5000, 200_000)]])
    expect(isEmpty(answered(next, told({ nextSeq: 3 }), false, 200_000))).toBe(true)
  })
})

describe('numbers', () => {
  const flying = sent(played(span(0, 5000)))[0]
  it('go on with that of the answer', () =>
    expect(answered(flying, told({ nextSeq: 7 }), false, 0).nextSeq).toBe(7))
  it('that were taken by another tab give way, the spans stay', () => {
    const queue = refusedBeat(flying, 'CONFLICT')
    expect([queue.nextSeq, queue.flight, waiting(queue)]).toEqual([2, null, [span(0, 5000)]])
  })
  it('with a gap follow the server, the spans stay', () => {
    const queue = refusedBeat(flying, 'GAP', 7)
    expect([queue.nextSeq, waiting(queue)]).toEqual([7, [span(0, 5000)]])
  })
  it('of two tabs on one study meet again', () => {
    // Both begin with 1; the server takes the first, tells the second, and takes it under the next number.
    const other = sent(played(span(8000, 9000)))[0]
    const [, beat] = sent(refusedBeat(other, 'CONFLICT'))
    expect(beat).toMatchObject({ seq: 2, spans: [span(8000, 9000)] })
  })
  it('change nothing without a beat under way', () => {
    const queue = played(span(0, 1))
    expect(refusedBeat(queue, 'GAP', 9)).toBe(queue)
  })
  it('are of no use to what can never be accepted', () =>
    expect(isEmpty(refusedBeat(flying, 'INVALID'))).toBe(true))
})

describe('what was refused', () => {
  const flying = sent(played(span(0, 5000)))[0]
  it('as too fast is claimed again', () =>
    expect(waiting(answered(flying, refused('TOO_FAST', span(3000, 5000)), false, 0))).toEqual([
      span(3000, 5000),
    ]))
  it('as too fast of a reading only when it had waited for the line', () => {
    const answer = refused('TOO_FAST', span(3, 5))
    expect(waiting(answered(flying, answer, true, 5000))).toEqual([])
    expect(waiting(answered(flying, answer, true, 120_000))).toEqual([span(3, 5)])
  })
  it('as not served is tried a few times, then left to the person', () => {
    let queue = flying
    for (let round = 0; round < 2; round++)
      queue = sent(answered(queue, refused('NOT_SERVED', span(0, 5000)), false, 0))[0]
    expect(queue.flight?.spans).toEqual([span(0, 5000)])
    expect(isEmpty(answered(queue, refused('NOT_SERVED', span(0, 5000)), false, 0))).toBe(true)
  })
  it('for a question, for hiding, or as counted before is not claimed again', () => {
    for (const reason of ['CHECK_PENDING', 'HIDDEN', 'COUNTED_BEFORE'] as const)
      expect(isEmpty(answered(flying, refused(reason, span(0, 5000)), false, 0))).toBe(true)
  })
  it('does not pull the place of the person back', () => {
    const more = add(flying, [span(9000, 9500)], seen, 0)
    const queue = answered(more, refused('TOO_FAST', span(3000, 5000)), false, 0)
    expect(sent(queue)[1].spans.at(-1)).toEqual(span(9000, 9500))
  })
  it('and only that is no reason to send at once', () => {
    const answer = refused('TOO_FAST', span(3000, 5000))
    expect(hasFresh(answered(flying, answer, false, 0), answer)).toBe(false)
    const more = answered(add(flying, [span(5000, 6000)], seen, 0), answer, false, 0)
    expect(hasFresh(more, answer)).toBe(true)
  })
})

describe('a study that is over', () => {
  const flying = add(sent(played(span(0, 5000)))[0], [span(5000, 8000)], seen, 0)
  it('owes everything that no answer has taken', () =>
    expect(owed(flying).flatMap(({ spans }) => spans)).toEqual([span(0, 8000)]))
  it('owes it too when the lease was lost with the answer', () =>
    expect(waiting(answered(flying, told({ lease: 'LOST' }), false, 0))).toEqual([span(0, 8000)]))
  it('hands it on to the next one, but for what has been counted meanwhile', () => {
    const queue = inherit(openQueue(1), owed(flying), [span(0, 2000)])
    expect(sent(queue)[1]).toMatchObject({ seq: 1, spans: [span(2000, 8000)] })
  })
  it('hands on nothing where all was counted', () =>
    expect(isEmpty(inherit(openQueue(1), owed(flying), [span(0, 9000)]))).toBe(true))
})
