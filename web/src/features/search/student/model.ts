// Cutting fragments at their marks, grouping hits under their course, remembering what was searched on this device.
import { signedIn } from '@/app/session'
import type { SearchFilter, SearchKind, SearchQuery, Stage } from '@/shared/gql/student/search/graphql'
import type { Plain } from '@/shared/plain'

export type Hit = Plain<SearchQuery['search']['nodes'][number]>
type Fragment = Hit['fragments'][number]

export interface Slice {
  text: string
  marked: boolean
}
/** Slices that stand together on one line, as far as it is long enough, or that may be broken anywhere. */
export interface Stretch {
  whole: boolean
  slices: Slice[]
}
interface Marked {
  text: string
  marks: Fragment['marks']
  whole?: Fragment['whole']
}

/** Stretches as pairs of places, in order, cut to the text. */
function ordered(marks: Fragment['marks'], length: number): [number, number][] {
  let at = 0
  return [...marks]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end }): [number, number] => {
      const from = Math.min(Math.max(start, at), length)
      at = Math.min(Math.max(end, from), length)
      return [from, at]
    })
    .filter(([from, to]) => from < to)
}

/** Cuts `from…to` so that what lies within a stretch is apart from what lies between. */
function cut(stretches: [number, number][], from: number, to: number): [number, number, boolean][] {
  const parts: [number, number, boolean][] = []
  let at = from
  const part = (end: number, within: boolean) => {
    if (end > at) parts.push([at, end, within])
    at = Math.max(at, end)
  }
  for (const [start, end] of stretches) {
    part(Math.min(start, to), false)
    part(Math.min(end, to), true)
  }
  part(to, false)
  return parts
}

/** Marks count Unicode scalar values, so the text is taken apart into those first. */
export function stretches({ text, marks, whole = [] }: Marked): Stretch[] {
  const letters = Array.from(text)
  const marked = ordered(marks, letters.length)
  return cut(ordered(whole, letters.length), 0, letters.length).map(([from, to, isWhole]) => ({
    whole: isWhole,
    slices: cut(marked, from, to).map(([start, end, isMarked]) => ({
      text: letters.slice(start, end).join(''),
      marked: isMarked,
    })),
  }))
}

/** What is found in the title is marked there and not said twice. */
export function titleOf({ title, whole, fragments }: Pick<Hit, 'title' | 'whole' | 'fragments'>): Stretch[] {
  return stretches(
    fragments.find(({ field, text }) => field === 'title' && text === title) ?? {
      text: title,
      marks: [],
      whole,
    },
  )
}
export const excerpts = <H extends Pick<Hit, 'title' | 'fragments'>>({ title, fragments }: H) =>
  fragments.filter(({ text }) => text !== title)

/** The title of the course, its fixed expressions kept together. */
export const courseOf = ({ course, hits }: Group<Pick<Hit, 'course' | 'courseWhole'>>) =>
  stretches({ text: course.title, marks: [], whole: hits[0]?.courseWhole })

/** What the hits may be narrowed by beside their kind; empty: not narrowed. */
export interface Narrow {
  course: string
  lecturer: string
  stage: string
  year: string
}
export const wide = (): Narrow => ({ course: '', lecturer: '', stage: '', year: '' })

/** As the search wants it; nothing where nothing is narrowed. */
export function filterOf(
  kind: 'all' | SearchKind,
  { course, lecturer, stage, year }: Narrow,
): SearchFilter | null {
  const filter: SearchFilter = {}
  if (kind !== 'all') filter.kinds = [kind]
  if (course) filter.courseId = course
  if (lecturer) filter.lecturerId = lecturer
  if (stage) filter.stage = stage as Stage
  if (year) filter.year = Number(year)
  return Object.keys(filter).length > 0 ? filter : null
}

type Facet = Plain<SearchQuery['search']['facets'][number]>
/** The values of an answer, and how all that were ever offered are called. */
export type Choice = Facet & { labels: Record<string, string> }

export function valuesOf(facets: Facet[], before: Choice[]): Choice[] {
  return facets.map(({ field, values }) => ({
    field,
    values,
    labels: {
      ...before.find((one) => one.field === field)?.labels,
      ...Object.fromEntries(values.map(({ value, label }) => [value, label])),
    },
  }))
}
/** What may be chosen: the values of the answer, and what is chosen also where the answer has none of it. */
export function chosenIn(choices: Choice[], field: string, chosen: string): Facet['values'] {
  const choice = choices.find((one) => one.field === field)
  const values = choice?.values ?? []
  if (!chosen || values.some(({ value }) => value === chosen)) return values
  return [{ value: chosen, label: choice?.labels[chosen] ?? chosen, count: 0 }, ...values]
}

export interface Group<H> {
  course: Hit['course']
  hits: H[]
}
/** Courses in the order of their best hit; hits keep theirs. */
export function byCourse<H extends Pick<Hit, 'course'>>(hits: H[]): Group<H>[] {
  const groups = new Map<string, Group<H>>()
  for (const hit of hits) {
    const group = groups.get(hit.course.id)
    if (group) group.hits.push(hit)
    else groups.set(hit.course.id, { course: hit.course, hits: [hit] })
  }
  return [...groups.values()]
}

/** A hit opens where it is: the second of the video, the paragraph of the text. */
export function placeOf(hit: Pick<Hit, 'course' | 'lesson' | 'startMs' | 'block'>) {
  if (!hit.lesson) return { name: 'course', params: { id: hit.course.id } }
  const query: Record<string, string> = {}
  if (hit.startMs != null) query.t = String(hit.startMs)
  else if (hit.block != null) query.block = String(hit.block)
  return { name: 'lesson', params: { id: hit.lesson.id }, query }
}

const atMost = 8
/** Of each person who uses this device their own. */
const key = () => `xianfeng:searches:${signedIn() ?? ''}`

export function recall(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key()) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}
export function remember(query: string): string[] {
  return keep([query, ...recall().filter((one) => one !== query)].slice(0, atMost))
}
export const forget = () => keep([])

function keep(queries: string[]): string[] {
  try {
    localStorage.setItem(key(), JSON.stringify(queries))
  } catch {
    // A full or closed store: searching works without memory.
  }
  return queries
}
