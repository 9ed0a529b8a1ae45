import { beforeEach, describe, expect, it } from 'vitest'
import { add, nextBeat, openQueue } from './model'
import { drop, keep, kept } from './outbox'

beforeEach(() => localStorage.clear())
const queue = add(openQueue(3), [{ start: 0, end: 5000 }])

describe('what could not be sent', () => {
  it('is kept with its study and its number', () => {
    keep('stu_1', queue)
    expect(kept()).toEqual({ studyId: 'stu_1', nextSeq: 3, flight: null, waiting: [{ start: 0, end: 5000 }] })
  })
  it('keeps the beat in flight as it was sent', () => {
    const [sent, beat] = nextBeat(queue, { rate: 1, visible: true })
    keep('stu_1', sent)
    expect(kept()?.flight).toEqual(beat)
  })
  it('goes when everything was answered', () => {
    keep('stu_1', queue)
    keep('stu_1', openQueue(4))
    expect(kept()).toBeNull()
  })
  it('of another study stays', () => {
    keep('stu_1', queue)
    drop('stu_2')
    expect(kept()?.studyId).toBe('stu_1')
  })
  it('is nothing where the store is spoilt', () => {
    localStorage.setItem('xianfeng:unsent', '{"studyId":1}')
    expect(kept()).toBeNull()
    localStorage.setItem('xianfeng:unsent', 'x')
    expect(kept()).toBeNull()
  })
})
