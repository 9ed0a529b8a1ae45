import { describe, expect, it } from 'vitest'
import { folded, labels } from './model'
import { fieldName, valueOf } from './zh-CN'

describe('folded', () => {
  it('leaves short texts and all changes whole', () => {
    const runs = [
      { kind: 'SAME', text: '学习' },
      { kind: 'REMOVED', text: '长'.repeat(500) },
    ] as const
    expect(folded(runs)).toEqual(runs)
  })
  it('keeps some words beside a change, and says how much is left out', () => {
    const same = { kind: 'SAME', text: '前'.repeat(100) + '后'.repeat(200) } as const
    const added = { kind: 'ADDED', text: '新' } as const
    const first = folded([same, added])[0]
    expect(first?.left).toEqual({ head: '', tail: '后'.repeat(60), count: 240 })
    const middle = folded([added, same, added])[1]
    expect(middle?.left?.head).toBe('前'.repeat(60))
    expect(middle?.left?.count).toBe(180)
  })
})

describe('labels', () => {
  const values = (tags: string[], stages: Parameters<typeof labels>[0]['stages']) =>
    labels({ tags, stages }).map(({ label, value }) => `${label}：${value}`)
  it('tells what a version is filed under by its names', () => {
    expect(values(['党章', '党史'], ['ACTIVIST', 'MEMBER'])).toEqual([
      '标签：党章、党史',
      '适用阶段：入党积极分子、正式党员',
    ])
  })
  it('says where there are none', () => expect(values([], [])).toEqual(['标签：未填写', '适用阶段：不限']))
  it('calls them the same in a difference', () => {
    expect([fieldName('tags'), fieldName('stages')]).toEqual(['标签', '适用阶段'])
    expect(valueOf('stages', 'ACTIVIST MEMBER')).toBe('入党积极分子、正式党员')
    expect(valueOf('tags', '')).toBe('（空）')
  })
})
