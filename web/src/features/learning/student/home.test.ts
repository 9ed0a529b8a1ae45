import { describe, expect, it } from 'vitest'
import type { Plain } from '@/shared/plain'
import {
  givenName,
  greeting,
  isFinished,
  nextStep,
  week,
  type HomeViewer,
  type RequiredCourses,
} from './home'

const viewer = (more: Partial<Plain<HomeViewer>> = {}): Plain<HomeViewer> => ({
  id: 'per_1',
  name: '李晓明',
  balance: { points: '0', hours: '0', credits: null },
  today: null,
  streak: null,
  level: null,
  tasks: null,
  continueLearning: [],
  ...more,
})
const courses = (...progress: [number, number][]): Plain<RequiredCourses> => ({
  totalCount: progress.length,
  nodes: progress.map(([lessonsDone, lessonsTotal], index) => ({
    id: `cou_${index}`,
    title: '课程',
    hours: '1',
    credits: null,
    progress: { coverage: 0, lessonsDone, lessonsTotal },
  })),
})

describe('the given name', () => {
  it.each([
    ['李晓明', '晓明'],
    ['王芳', '王芳'],
    ['欧阳晓明', '晓明'],
    ['欧阳修', '欧阳修'],
    ['Anna Li', 'Anna Li'],
    ['古丽·买买提', '古丽·买买提'],
  ])('of %s is %s', (name, given) => expect(givenName(name)).toBe(given))
})

describe('the week', () => {
  const days = [true, false, true, false, true, false, false]
  it('knows today, what was missed and what is ahead', () =>
    expect(week({ days }, '2026-11-20').map(({ state }) => state)).toEqual([
      'done',
      'missed',
      'done',
      'missed',
      'today',
      'ahead',
      'ahead',
    ]))
  it('fills today once there was study', () => expect(week({ days }, '2026-11-20')[4]?.share).toBe(1))
  it('begins on Monday also on Sunday', () => expect(week({ days }, '2026-11-22')[6]?.state).toBe('today'))
})

describe('the next step', () => {
  const streak = {
    frozen: false,
    current: 1,
    best: 2,
    goal: 3,
    days: [true, true, false, false, false, false, false],
  }
  it('is what is required, then the week', () =>
    expect(nextStep(viewer({ streak }), courses([2, 5], [1, 3]))).toBe(
      '还有 5 节必修课待学完，本周再学 1 天即达标。',
    ))
  it('asks for nothing in a frozen week', () =>
    expect(nextStep(viewer({ streak: { ...streak, frozen: true } }), courses([5, 5]))).toBe(
      '必修课已全部学完，本周冻结，不中断。',
    ))
  it('says nothing of a week where play is off', () =>
    expect(nextStep(viewer(), courses([5, 5]))).toBe('必修课已全部学完。'))
  it('invites where nothing is required', () =>
    expect(nextStep(viewer(), courses())).toBe('挑一门课程，开始学习。'))
})

it('greets by what there is to do', () => {
  expect(greeting(viewer(), courses([1, 1]))).toBe('晓明，都学完了')
  expect(greeting(viewer(), courses([0, 1]))).toBe('晓明，你好')
})
it('never calls an empty course finished', () =>
  expect([isFinished({ lessonsDone: 0, lessonsTotal: 0 }), isFinished(null)]).toEqual([false, false]))
