import { describe, expect, it } from 'vitest'
import { bucketsOf, difference, differenceOf, factOf, faultsOf, inOrder, reference } from './model'

describe('faults of a pack', () => {
  it.each([
    ['第 3 行第 12 列：缺少依据。', 3, 12, '缺少依据。'],
    ['第 7 行：重复的规则。', 7, null, '重复的规则。'],
    ['Line 3, column 12: has no basis', 3, 12, 'has no basis'],
    ['4:9 unexpected key', 4, 9, 'unexpected key'],
    ['规则包没有版本号。', null, null, '规则包没有版本号。'],
  ])('%s', (message, line, column, text) => {
    expect(faultsOf([message])).toEqual([{ line, column, text }])
  })
  it('are told apart when they come in one sentence after another', () => {
    const faults = faultsOf(['第 1 行第 1 列：一\n第 2 行第 5 列：二', '第 9 行第 2 列：三'])
    expect(faults.map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [2, 5],
      [9, 2],
    ])
  })
})

describe('a dry run', () => {
  it('takes differences exactly', () => {
    expect(difference('0.3', '0.1')).toBe('0.2')
    expect(difference('2', '2.5')).toBe('-0.5')
    expect(difference('1', '-0.333')).toBe('1.333')
  })
  it('has no difference of what the school does not use', () => {
    const row = { before: { points: '1', hours: '2' }, after: { points: '3', hours: '2' } }
    expect(differenceOf(row, 'POINTS')).toBe('2')
    expect(differenceOf(row, 'CREDITS')).toBeNull()
  })
  it('spreads differences over a few round ranges and loses none', () => {
    const all = ['-9', '0', '4', '17', '30', '12', '25', '-6', '20', '34']
    const buckets = bucketsOf(all)
    expect(buckets.length).toBeLessThanOrEqual(9)
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(9)
    for (const [index, bucket] of buckets.entries())
      if (index > 0) expect(bucket.from).toBe(buckets[index - 1]?.to)
  })
  it('draws one range when all differ by the same, and none when nobody differs', () => {
    expect(bucketsOf(['0.5', '0.5'])).toEqual([{ from: '0.5', to: '0.501', count: 2 }])
    expect(bucketsOf(['0', '0.000'])).toEqual([])
  })
})

describe('a fact to be tried', () => {
  const form = {
    event: 'minute' as const,
    name: 'talk',
    minutes: '10',
    duration: '45',
    count: '2',
    result: '合格',
    stage: '' as const,
    date: '2026-11-21',
    time: '9:05',
  }
  it('carries only what its event is told with, in the time of the school', () => {
    expect(factOf(form)).toEqual({ event: 'minute', minutes: 10, at: '2026-11-21T01:05:00.000Z' })
    expect(factOf({ ...form, event: 'video' })).toMatchObject({ event: 'video', durationMs: 2_700_000 })
    expect(factOf({ ...form, event: 'course' }).minutes).toBeUndefined()
  })
  it('is of somebody in a stage, whatever the event', () => {
    expect(factOf({ ...form, stage: 'APPLICANT', event: 'reading' }).stage).toBe('APPLICANT')
    expect(factOf(form).stage).toBeUndefined()
  })
  it('may be an event that the pack names itself', () => {
    expect(factOf({ ...form, event: 'other' })).toMatchObject({ event: 'talk', count: 2, result: '合格' })
  })
  it('leaves out what is no number and no day', () => {
    const found = factOf({ ...form, minutes: '十', date: '' })
    expect([found.minutes, found.at]).toEqual([undefined, undefined])
  })
})

it('packs stand by what they do now', () => {
  const packs = [
    { state: 'PAST' as const, version: 'a' },
    { state: 'SHIPPED' as const, version: 'b' },
    { state: 'ACTIVE' as const, version: 'z' },
    { state: 'SCHEDULED' as const, version: 'c' },
  ]
  expect(inOrder(packs).map((pack) => pack.version)).toEqual(['z', 'c', 'b', 'a'])
})

it('a basis reads as a reference', () => {
  const basis = { confirmedOn: null, confirmedBy: null, confirmation: null, note: null }
  expect(reference({ ...basis, document: '积分办法', edition: '2026 年版', article: '第五条' })).toBe(
    '《积分办法》（2026 年版）第五条',
  )
  expect(reference({ ...basis, document: '《积分办法》', edition: null, article: null })).toBe('《积分办法》')
})
