import { describe, expect, it } from 'vitest'
import {
  appear,
  blankTape,
  emptyShelf,
  gatherAwards,
  lift,
  record,
  takeSeen,
  union,
  vanish,
  without,
  type Span,
} from './model'

const span = (start: number, end: number): Span => ({ start, end })
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
