import { describe, expect, it } from 'vitest'
import { nextLesson, worth } from './model'

type Progress = [coverage: number, completed: boolean, required?: boolean]
const course = (...lessons: Progress[]) => ({
  chapters: [
    {
      id: 'cha_1',
      title: '第一章',
      lessons: lessons.map(([coverage, completed, required = false], index) => ({
        id: `les_${index}`,
        title: `第 ${index} 节`,
        required,
        durationMs: 60_000,
        progress: { coverage, completed, resumeAt: 0 },
      })),
    },
  ],
})
const goes = (...lessons: Progress[]) => {
  const target = nextLesson(course(...lessons))
  return target && [target.lesson.id, target.act]
}

describe('the way on in a course', () => {
  it('begins with what is required', () =>
    expect(goes([0, false], [0, false, true])).toEqual(['les_1', 'begin']))
  it('takes up what is half done', () =>
    expect(goes([1, true], [0, false, true], [0.4, false])).toEqual(['les_2', 'goOn']))
  it('goes to the next one after a finished one', () =>
    expect(goes([1, true], [0, false])).toEqual(['les_1', 'goOn']))
  it('starts over when all is done', () => expect(goes([1, true], [1, true])).toEqual(['les_0', 'again']))
  it('is nowhere in an empty course', () => expect(nextLesson({ chapters: [] })).toBeNull())
})

it('says only what counts', () => {
  expect(worth({ hours: '1.5', credits: null })).toEqual(['1.5 学时'])
  expect(worth({ hours: '0', credits: '2' })).toEqual(['党课学分 2'])
})
