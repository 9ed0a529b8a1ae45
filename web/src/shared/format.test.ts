import { describe, expect, it } from 'vitest'
import {
  ago,
  bytes,
  clock,
  dateTime,
  day,
  decimal,
  duration,
  exact,
  percent,
  schoolDay,
  signed,
  sum,
  weekday,
} from './format'

const now = new Date('2026-11-21T02:00:00Z')

describe('decimals', () => {
  it('group without going through a float', () =>
    expect(decimal('12345678901234567890.123')).toBe('12,345,678,901,234,567,890.123'))
  it('keep small ones as they are', () => expect(decimal('0.667')).toBe('0.667'))
  it.each([
    ['2', '+2'],
    ['-3.5', '−3.5'],
    ['0', '0'],
    ['1000', '+1,000'],
  ])('sign %s as %s', (value, shown) => expect(signed(value)).toBe(shown))
})

describe('sums', () => {
  it.each([
    [['0.1', '0.2'], '0.3'],
    [['1', '-3.5'], '-2.5'],
    [[], '0'],
    [['12', '0.667'], '12.667'],
  ])('%j make %s', (amounts, total) => expect(sum(amounts)).toBe(total))
})

describe('shares', () => {
  it('never round up to a finish', () => expect(percent(0.999)).toBe('99%'))
  it('show 0.29 as 29 although the float is below', () => expect(percent(0.29)).toBe('29%'))
  it('stay within 0 and 100', () => expect([percent(-1), percent(2)]).toEqual(['0%', '100%']))
})

describe('days and times', () => {
  it('belong to the school, not to the phone', () =>
    expect(schoolDay('2026-11-20T17:30:00Z')).toBe('2026-11-21'))
  it('leave out this year', () => expect(day('2026-12-05', now)).toBe('12 月 5 日'))
  it('say another year', () => expect(day('2025-12-05', now)).toBe('2025 年 12 月 5 日'))
  it('show midnight as 00', () => expect(dateTime('2026-11-19T16:05:00Z', now)).toBe('11 月 20 日 00:05'))
  it('name the weekday', () => expect(weekday('2026-11-20')).toBe('五'))
  it.each([
    ['2026-11-21T01:59:30Z', '刚刚'],
    ['2026-11-21T01:42:00Z', '18 分钟前'],
    ['2026-11-20T17:00:00Z', '今天 01:00'],
    ['2026-11-20T13:05:00Z', '昨天 21:05'],
    ['2026-11-01T13:05:00Z', '11 月 1 日'],
  ])('%s is %s', (instant, shown) => expect(ago(instant, now)).toBe(shown))
})

describe('lengths', () => {
  it('count the minute that has begun', () => expect(duration(1_080_001)).toBe('19 分钟'))
  it('leave out empty minutes', () => expect(duration(7_200_000)).toBe('2 小时'))
  it.each([
    [65_000, '1:05'],
    [3_905_000, '1:05:05'],
    [0, '0:00'],
  ])('%i ms is at %s', (ms, shown) => expect(clock(ms)).toBe(shown))
  it('say file sizes', () =>
    expect([bytes(52_428_800), bytes(1536), bytes(12)]).toEqual(['50 MB', '1.5 KB', '12 B']))
})

describe('how long something really took', () => {
  it.each([
    [0, '0 秒'],
    [999, '0 秒'],
    [200_000, '3 分 20 秒'],
    [60_000, '1 分'],
    [3_725_000, '1 小时 2 分 5 秒'],
  ])('%s ms is %s', (ms, shown) => expect(exact(ms)).toBe(shown))
})
