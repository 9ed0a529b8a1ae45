import { describe, expect, it } from 'vitest'
import { folded } from './model'

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
