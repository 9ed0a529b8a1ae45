import { describe, expect, it } from 'vitest'
import { axes, calmSentence, isRadar, share } from './model'

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

describe('the radar', () => {
  it('needs three scores', () => {
    const two = [indicator('4'), indicator('3'), indicator(null), indicator(null), indicator(null)]
    expect([isRadar(two), isRadar([...two, indicator('5')])]).toEqual([false, true])
  })
  it('draws what is missing as missing, not as zero', () =>
    expect(axes([indicator('4.5'), indicator(null)]).map(({ value }) => value)).toEqual([4.5, null]))
})

it('has a calm word for each stage without a score', () =>
  expect(new Set((['NONE', 'APPLICANT', 'MEMBER', 'ACTIVIST'] as const).map(calmSentence)).size).toBe(4))
