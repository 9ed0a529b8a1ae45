import { describe, expect, it } from 'vitest'
import { filterOf, nothing, onlyHistory, placeOf } from './library'

const use = { courseId: 'crs_1', courseTitle: '党史', status: 'PUBLISHED', draft: false } as const

describe('the library', () => {
  it('asks only for what was chosen', () => {
    expect(filterOf(nothing)).toEqual({
      query: null,
      purpose: null,
      statuses: null,
      mine: null,
      unused: null,
      deleted: null,
    })
    const chosen = { query: '讲', purpose: 'VIDEO', status: 'WORKING', show: 'UNUSED' }
    expect(filterOf(chosen)).toMatchObject({
      purpose: 'VIDEO',
      statuses: ['UPLOADING', 'QUEUED', 'PROCESSING'],
      unused: true,
    })
  })
  it('says where a file is used', () => {
    expect(placeOf({ ...use, lessonId: 'les_1', lessonTitle: '第一讲', version: null })).toBe(
      '《党史》·第一讲',
    )
    expect(placeOf({ ...use, lessonId: null, lessonTitle: null, version: 2 })).toBe('《党史》第 2 版（历史）')
  })
  it('knows when only history keeps a file', () => {
    const now = { ...use, lessonId: 'les_1', lessonTitle: '第一讲', version: null }
    const then = { ...use, lessonId: null, lessonTitle: null, version: 1 }
    expect([onlyHistory([]), onlyHistory([then]), onlyHistory([then, now])]).toEqual([false, true, false])
  })
})
