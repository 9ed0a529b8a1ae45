import { describe, expect, it } from 'vitest'
import { freezeOf, isOurs, isTooLong, oneDecimal, week } from './model'

it.each([
  ['19.679', '19.7'],
  ['9.96', '10'],
  ['0.25', '0.3'],
  ['12', '12'],
  ['-0.04', '0'],
])('a mean of %s is %s', (mean, shown) => expect(oneDecimal(mean)).toBe(shown))

describe('our row of the board', () => {
  const rows = [
    { rank: 1, name: '法学院第一支部', points: '12' },
    { rank: 2, name: '法学院第二支部', points: '9' },
  ]
  it('is found by name', () =>
    expect(rows.map((row) => isOurs(row, { me: { rank: 1, points: '12' }, rows }, '法学院第二支部'))).toEqual(
      [false, true],
    ))
  it('else by its place', () =>
    expect(rows.map((row) => isOurs(row, { me: { rank: 1, points: '12' }, rows }, '其他支部'))).toEqual([
      true,
      false,
    ]))
  it('is none without a place', () =>
    expect(rows.some((row) => isOurs(row, { me: null, rows }, undefined))).toBe(false))
})

describe('the week', () => {
  it('knows today, what was missed and what is ahead', () =>
    expect(
      week([true, false, true, false, true, false, false], '2026-11-20').map(({ state }) => state),
    ).toEqual(['done', 'missed', 'done', 'missed', 'today', 'ahead', 'ahead']))
})

describe('a freeze', () => {
  const exams = [{ id: 'fre_1', title: '考试周', from: '2026-11-19', to: '2026-11-24' }]
  it.each([
    ['2026-11-15', null],
    ['2026-11-16', '考试周'],
    ['2026-11-20', '考试周'],
    ['2026-11-29', '考试周'],
    ['2026-11-30', null],
  ])('on %s is %s', (today, title) => expect(freezeOf(exams, today)).toBe(title))
})

it('a nickname has at most 12 characters', () =>
  expect([isTooLong('一'.repeat(12)), isTooLong(` ${'一'.repeat(13)}`)]).toEqual([false, true]))
