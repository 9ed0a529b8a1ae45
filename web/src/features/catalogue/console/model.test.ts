import { describe, expect, it } from 'vitest'
import {
  courseChanges,
  courseForm,
  fromClock,
  paceFault,
  placeOf,
  questionForm,
  readQuestion,
  tagsOf,
} from './model'

describe('a place in a video', () => {
  it.each([
    ['1:05', 65_000],
    ['01:05', 65_000],
    ['1：05', 65_000],
    ['1:02:03', 3_723_000],
    ['90:00', 5_400_000],
    ['65', 65_000],
    ['0:00', 0],
    ['1:65', null],
    ['', null],
    ['一分', null],
    ['-1:00', null],
  ])('%s is %s ms', (text, ms) => expect(fromClock(text)).toBe(ms))
})

describe('a question', () => {
  const form = {
    from: '1:05',
    to: '3:05',
    prompt: '讲者分成几项来讲？',
    options: ['六项', ' 八项 '],
    right: 1,
  }
  const faults = (change: object, isVideo = true, length: number | null = 600_000) => {
    const read = readQuestion({ ...form, ...change }, isVideo, length)
    return 'faults' in read ? Object.keys(read.faults) : []
  }
  it('becomes what the server takes', () => {
    expect(readQuestion(form, true, 600_000)).toEqual({
      input: { start: 65_000, end: 185_000, prompt: form.prompt, options: ['六项', '八项'], right: 1 },
    })
  })
  it('on a reading counts blocks from one, to the last included', () => {
    const read = readQuestion({ ...form, from: '4', to: '6' }, false, null)
    expect('input' in read && [read.input.start, read.input.end]).toEqual([3, 6])
    expect(placeOf({ start: 3, end: 6 }, false)).toBe('第 4–6 段')
    expect(placeOf({ start: 3, end: 4 }, false)).toBe('第 4 段')
    expect(faults({ from: '4', to: '4' }, false, null)).toEqual([])
    expect(faults({ from: '0', to: '4' }, false, null)).toEqual(['from'])
  })
  it('names each field that is wrong', () => {
    expect(faults({ from: 'x' })).toEqual(['from'])
    expect(faults({ to: '1:05' })).toEqual(['to'])
    expect(faults({ to: '11:00' })).toEqual(['to'])
    expect(faults({ to: '11:00' }, true, null)).toEqual([])
    expect(faults({ prompt: '四个字吗' })).toEqual(['prompt'])
    expect(faults({ prompt: '字'.repeat(201) })).toEqual(['prompt'])
    expect(faults({ options: ['六项', '六项'] })).toEqual(['options'])
    expect(faults({ options: ['六项', ''] })).toEqual(['options'])
    expect(faults({ right: null })).toEqual(['right'])
  })
  it('comes back into its form as it was', () => {
    const question = { id: 'qst_1', start: 65_000, end: 185_000, prompt: 'p', options: ['a', 'b'], right: 0 }
    expect(questionForm(question, true)).toMatchObject({ from: '1:05', to: '3:05', right: 0 })
    expect(questionForm({ ...question, start: 3, end: 6 }, false)).toMatchObject({ from: '4', to: '6' })
    expect(questionForm(null, true).options).toHaveLength(2)
  })
})

describe('a course', () => {
  const course = {
    title: '党章学习',
    summary: '',
    required: false,
    hours: '8',
    credits: null,
    charactersPerMinute: 600,
    source: '',
    edition: '',
  }
  it('sends only what was changed', () => {
    const form = courseForm(course)
    expect(courseChanges(course, form)).toEqual({})
    expect(courseChanges(course, { ...form, hours: '', charactersPerMinute: '450' })).toEqual({
      hours: '0',
      charactersPerMinute: 450,
    })
  })
  it.each([
    ['600', false],
    ['100', false],
    ['2000', false],
    ['99', true],
    ['2001', true],
    ['六百', true],
  ])('%s characters a minute', (text, fault) => expect(paceFault(text)).toBe(fault))
})

it('takes tags apart at commas of either kind, each once', () =>
  expect(tagsOf('理想信念、 入门,入门，；党史')).toEqual(['理想信念', '入门', '党史']))
