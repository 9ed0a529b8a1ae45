import { describe, expect, it } from 'vitest'
import { freezeOf, isNickname, oneDecimal, week } from './model'

it.each([
  ['19.679', '19.7'],
  ['9.96', '10'],
  ['0.25', '0.3'],
  ['12', '12'],
  ['-0.04', '0'],
])('a mean of %s is %s', (mean, shown) => expect(oneDecimal(mean)).toBe(shown))

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

it.each([
  ['', false],
  [' 山 ', false],
  ['远山', true],
  ['一'.repeat(12), true],
  ['一'.repeat(13), false],
])('“%s” may be a nickname: %s', (text, may) => expect(isNickname(text)).toBe(may))
