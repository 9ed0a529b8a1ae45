import { describe, expect, it } from 'vitest'
import { byDay, correction, dayName, hand, officialRules, shortHash } from './model'

const now = new Date('2026-11-21T02:00:00Z')

it('groups by the day of the school, not of the phone', () => {
  const at = (postedAt: string) => ({ postedAt })
  const days = byDay([at('2026-11-20T16:30:00Z'), at('2026-11-20T15:30:00Z'), at('2026-11-20T01:00:00Z')])
  expect(days.map(({ date, entries }) => [date, entries.length])).toEqual([
    ['2026-11-21', 1],
    ['2026-11-20', 2],
  ])
})

describe('the name of a day', () => {
  it.each([
    ['2026-11-21', '今天'],
    ['2026-11-20', '昨天'],
    ['2026-11-18', '11 月 18 日 周三'],
  ])('%s is %s', (date, name) => expect(dayName(date, now)).toBe(name))
})

describe('a correction', () => {
  it('names what it corrects', () => {
    const reverses = {
      id: 'ent_1',
      measure: 'POINTS' as const,
      amount: '2',
      postedAt: '2026-11-18T02:00:00Z',
      rule: { key: 'reading', title: '完成阅读' },
      lesson: { id: 'les_1', title: '党员的权利' },
    }
    expect(correction({ reverses })).toContain('的“完成阅读 · 党员的权利”（+2 积分）')
  })
  it('is nothing for a plain entry', () => expect(correction({ reverses: null })).toBeNull())
})

it('shortens a hash to what the eye compares', () =>
  expect(shortHash('9f2c4a7be01d5583aa6017cf3f8e20e4')).toBe('9f2c4a7b…8e20e4'))

it.each([
  ['adjust', 'handAdjusted'],
  ['correct', 'handCorrected'],
  ['issue:reading.done', 'handRules'],
])('who made an entry against %s is told in words, not by the name of an account', (contra, key) =>
  expect(hand(contra)).toBe(key),
)

describe('how hours come about', () => {
  const rule = (key: string, measure: 'POINTS' | 'HOURS' | 'CREDITS') => ({
    key,
    title: key,
    measure,
    text: key,
  })
  const pack = (id: string, state: 'ACTIVE' | 'DRAFT', ...keys: string[]) => ({
    id,
    state,
    rules: [rule('video', 'POINTS'), ...keys.map((key) => rule(key, 'HOURS')), rule('party', 'CREDITS')],
  })
  const packs = [pack('next', 'DRAFT', 'later'), pack('now', 'ACTIVE', 'lesson', 'minute')]
  const keys = (credits: boolean) => officialRules(packs, credits).map(({ key }) => key)
  it('is what the pack in force says', () => expect(keys(true)).toEqual(['lesson', 'minute', 'party']))
  it('says nothing of credits where there are none', () => expect(keys(false)).toEqual(['lesson', 'minute']))
  it('says nothing where no pack is read', () => expect(officialRules([], true)).toEqual([]))
})
