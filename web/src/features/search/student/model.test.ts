import { beforeEach, describe, expect, it } from 'vitest'
import {
  byCourse,
  courseOf,
  excerpts,
  filterOf,
  chosenIn,
  forget,
  placeOf,
  recall,
  remember,
  stretches,
  titleOf,
  valuesOf,
  wide,
} from './model'

describe('fragments', () => {
  const cut = (text: string, marks: [number, number][], whole: [number, number][] = []) =>
    stretches({ text, marks: places(marks), whole: places(whole) }).map(({ whole: isWhole, slices }) => {
      const said = slices.map(({ text: part, marked }) => (marked ? `[${part}]` : part)).join('|')
      return isWhole ? `<${said}>` : said
    })
  const places = (all: [number, number][]) => all.map(([start, end]) => ({ start, end }))
  it('are cut at their marks', () =>
    expect(
      cut('党员的权利与义务', [
        [0, 2],
        [3, 5],
      ]),
    ).toEqual(['[党员]|的|[权利]|与义务']))
  it('count scalar values, not UTF-16 units', () =>
    expect(cut('𠮷田的权利', [[3, 5]])).toEqual(['𠮷田的|[权利]']))
  it('survive overlapping and overlong marks', () =>
    expect(
      cut('权利', [
        [0, 1],
        [0, 9],
      ]),
    ).toEqual(['[权]|[利]']))
  it('without marks stay whole', () => expect(cut('权利', [])).toEqual(['权利']))
  it('keep fixed expressions together, marks within them and across their ends', () =>
    expect(cut('学中国共产党章程', [[2, 4]], [[1, 6]])).toEqual(['学', '<中|[国共]|产党>', '章程']))
})

it('marks a find in the title once, in the title', () => {
  const found = {
    title: '怎样读党章',
    whole: [],
    fragments: [
      { field: 'title', text: '怎样读党章', marks: [{ start: 3, end: 5 }], whole: [] },
      { field: 'body', text: '党章，是', marks: [], whole: [] },
    ],
  }
  expect(titleOf(found).flatMap(({ slices }) => slices.map(({ text }) => text))).toEqual(['怎样读', '党章'])
  expect(excerpts(found).map(({ text }) => text)).toEqual(['党章，是'])
})

it('narrows by what was chosen and by nothing else', () => {
  expect(filterOf('all', wide())).toBeNull()
  expect(filterOf('VIDEO', { ...wide(), stage: 'ACTIVIST', year: '2026' })).toEqual({
    kinds: ['VIDEO'],
    stage: 'ACTIVIST',
    year: 2026,
  })
})

const hit = (course: string, more: object = {}) => ({
  course: { id: course, title: course },
  lesson: { id: 'les_1', title: '' },
  startMs: null,
  block: null,
  ...more,
})

it('groups by course in the order of the best hit', () =>
  expect(
    byCourse([hit('b'), hit('a'), hit('b')]).map(({ course, hits }) => [course.id, hits.length]),
  ).toEqual([
    ['b', 2],
    ['a', 1],
  ]))

it('keeps the fixed expressions of a course title together', () => {
  const found = { course: { id: 'crs_1', title: '学中国共产党章程' }, courseWhole: [{ start: 1, end: 8 }] }
  const all = courseOf({ course: found.course, hits: [found] })
  expect(all.map(({ whole, slices }) => [whole, slices.map(({ text }) => text).join('')])).toEqual([
    [false, '学'],
    [true, '中国共产党章程'],
  ])
})

it('keeps what was chosen among the values, though the answer has none of it', () => {
  const known = valuesOf([{ field: 'year', values: [{ value: '2026', label: '2026 年', count: 2 }] }], [])
  const later = valuesOf([{ field: 'year', values: [{ value: '2025', label: '2025 年', count: 1 }] }], known)
  expect(chosenIn(later, 'year', '2026')).toEqual([
    { value: '2026', label: '2026 年', count: 0 },
    { value: '2025', label: '2025 年', count: 1 },
  ])
  expect(chosenIn(later, 'year', '')).toHaveLength(1)
})

describe('the place of a hit', () => {
  it('is the second of a video', () =>
    expect(placeOf(hit('a', { startMs: 12_000 }))).toMatchObject({ query: { t: '12000' } }))
  it('is the block of a reading', () =>
    expect(placeOf(hit('a', { block: 0 }))).toMatchObject({ query: { block: '0' } }))
  it('is the course where there is no lesson', () =>
    expect(placeOf(hit('a', { lesson: null }))).toMatchObject({ name: 'course', params: { id: 'a' } }))
})

describe('what was searched', () => {
  beforeEach(() => localStorage.clear())
  it('is kept newest first, once, at most eight', () => {
    for (const query of ['权利', '义务', '权利', 'a', 'b', 'c', 'd', 'e', 'f']) remember(query)
    expect(recall()).toEqual(['f', 'e', 'd', 'c', 'b', 'a', '权利', '义务'])
    expect(forget()).toEqual([])
  })
  it('is not told to who signs in next', () => {
    localStorage.setItem('xianfeng:person', 'per_1')
    remember('权利')
    localStorage.setItem('xianfeng:person', 'per_2')
    expect(recall()).toEqual([])
    localStorage.setItem('xianfeng:person', 'per_1')
    expect(recall()).toEqual(['权利'])
  })
  it('survives a spoilt store', () => {
    localStorage.setItem('xianfeng:searches:', '{')
    expect(recall()).toEqual([])
  })
})
