// Cutting fragments at their marks, grouping hits under their course, remembering what was searched on this device.
import type { SearchQuery } from '@/shared/gql/student/search/graphql'
import type { Plain } from '@/shared/plain'

export type Hit = Plain<SearchQuery['search']['nodes'][number]>
type Fragment = Hit['fragments'][number]

export interface Slice {
  text: string
  marked: boolean
}

/** Marks count Unicode scalar values, so the text is taken apart into those first. */
export function slices({ text, marks }: Pick<Fragment, 'text' | 'marks'>): Slice[] {
  const letters = Array.from(text)
  const parts: Slice[] = []
  let at = 0
  const cut = (end: number, marked: boolean) => {
    if (end > at) parts.push({ text: letters.slice(at, end).join(''), marked })
    at = Math.max(at, end)
  }
  for (const { start, end } of [...marks].sort((a, b) => a.start - b.start)) {
    cut(Math.min(start, letters.length), false)
    cut(Math.min(end, letters.length), true)
  }
  cut(letters.length, false)
  return parts
}

/** What is found in the title is marked there and not said twice. */
export function titleOf({ title, fragments }: Pick<Hit, 'title' | 'fragments'>): Slice[] {
  return slices(fragments.find(({ text }) => text === title) ?? { text: title, marks: [] })
}
export const excerpts = <H extends Pick<Hit, 'title' | 'fragments'>>({ title, fragments }: H) =>
  fragments.filter(({ text }) => text !== title)

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

const key = 'xianfeng:searches'
const atMost = 8

export function recall(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
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
    localStorage.setItem(key, JSON.stringify(queries))
  } catch {
    // A full or closed store: searching works without memory.
  }
  return queries
}
