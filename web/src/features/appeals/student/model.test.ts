import { describe, expect, it } from 'vitest'
import { about, faultOf, lengthOf, places, readSubject, type Appeal } from './model'

describe('a reason', () => {
  it('is counted as people count', () => expect(lengthOf('  画面在播放👨‍👩‍👧 ')).toBeGreaterThanOrEqual(6))
  it.each([
    ['', '请至少写 5 个字。'],
    ['   太短   ', '请至少写 5 个字。'],
    ['当时在高铁上', null],
    ['好'.repeat(500), null],
    ['好'.repeat(503), '超出 3 字，请精简到 500 字以内。'],
  ])('%s', (reason, fault) => expect(faultOf(reason)).toBe(fault))
})

const appeal = (more: Partial<Appeal>): Appeal => ({
  __typename: 'Appeal',
  id: 'apl_1',
  status: 'OPEN',
  reason: '请核对',
  createdAt: '2026-11-20T02:00:00Z',
  answer: null,
  answeredAt: null,
  answeredBy: null,
  releasedMs: null,
  spans: [],
  lesson: null,
  entry: null,
  outcome: null,
  ...more,
})

describe('what it is about', () => {
  it('is an entry with its amount', () => {
    const entry = {
      __typename: 'LedgerEntry' as const,
      id: 'ent_1',
      measure: 'POINTS' as const,
      amount: '-2',
      postedAt: '2026-11-20T02:00:00Z',
      rule: null,
      lesson: null,
    }
    expect(about(appeal({ entry })).detail).toContain('−2 积分')
  })
  it('is places of a video, or blocks of a reading', () => {
    expect(places([{ start: 62_000, end: 76_000 }], false)).toBe('1:02–1:16')
    expect(
      places(
        [
          { start: 2, end: 3 },
          { start: 5, end: 8 },
        ],
        true,
      ),
    ).toBe('第 3 段、第 6–8 段')
  })
})

describe('what the page before said', () => {
  it('is an entry', () =>
    expect(readSubject({ entryId: 'ent_1', title: '完成阅读', detail: '+2' })).toEqual({
      kind: 'entry',
      entryId: 'ent_1',
      title: '完成阅读',
      detail: '+2',
    }))
  it('is spans with their places and why', () =>
    expect(
      readSubject({
        lessonId: 'les_1',
        title: '一课',
        spans: [{ start: 0, end: 5 }],
        places: '0:00–0:05',
        why: '线路',
      }),
    ).toMatchObject({ kind: 'spans', detail: '0:00–0:05 · 线路' }))
  it('may be nothing', () => {
    expect(readSubject(null)).toBeNull()
    expect(readSubject({ position: 3 })).toBeNull()
  })
})
