import { describe, expect, it } from 'vitest'
import { goalState, phase, spanFault } from './model'

const november = { from: '2026-11-01', to: '2026-11-30' }

it('a period is ahead, running or over, its ends included', () => {
  expect(['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01'].map((day) => phase(november, day))).toEqual(
    ['soon', 'now', 'now', 'past'],
  )
})

it('a period needs two days in order; one day is a period', () => {
  expect(spanFault('', '')).toEqual({ from: 'mustDay', to: 'mustDay' })
  expect(spanFault('2026-11-02', '2026-11-01')).toEqual({ from: null, to: 'backwards' })
  expect(spanFault('2026-11-01', '2026-11-01')).toEqual({ from: null, to: null })
})

describe('a goal', () => {
  const goal = { ...november, reached: 10, target: 20 }
  it.each([
    [goal, '2026-10-30', 'ahead'],
    [goal, '2026-11-10', 'running'],
    [{ ...goal, reached: 20 }, '2026-11-10', 'reached'],
    [goal, '2026-12-01', 'ended'],
    [{ ...goal, endedAt: '2026-11-05T00:00:00.000Z' }, '2026-11-10', 'ended'],
  ] as const)('%#: on %s', (one, today, state) => expect(goalState(one, today)).toBe(state))
})
