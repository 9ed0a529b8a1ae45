import { describe, expect, it } from 'vitest'
import { axes, calmSentence, isOurs, isRadar, oneDecimal, share } from './model'

const indicator = (score: string | null) => ({
  key: 'a',
  name: '集中培训出勤',
  weight: '0.2',
  score,
  missing: score === null ? ('NOT_DUE' as const) : null,
  evidence: [],
})

it.each([
  ['0.25', '25%'],
  ['0.2', '20%'],
  ['0.125', '12.5%'],
  ['1', '100%'],
])('a weight of %s is %s', (weight, shown) => expect(share(weight)).toBe(shown))

it.each([
  ['19.679', '19.7'],
  ['9.96', '10'],
  ['0.25', '0.3'],
  ['12', '12'],
  ['-0.04', '0'],
])('a mean of %s is %s', (mean, shown) => expect(oneDecimal(mean)).toBe(shown))

describe('the radar', () => {
  it('needs three scores', () => {
    const two = [indicator('4'), indicator('3'), indicator(null), indicator(null), indicator(null)]
    expect([isRadar(two), isRadar([...two, indicator('5')])]).toEqual([false, true])
  })
  it('draws what is missing as missing, not as zero', () =>
    expect(axes([indicator('4.5'), indicator(null)]).map(({ value }) => value)).toEqual([4.5, null]))
})

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

it('has a calm word for each stage without a score', () =>
  expect(new Set((['NONE', 'APPLICANT', 'MEMBER', 'ACTIVIST'] as const).map(calmSentence)).size).toBe(4))
