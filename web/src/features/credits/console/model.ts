// The pure parts of the pages on rules and records.
import { isZero, sum } from '@/shared/format'
import type {
  CreditMeasure,
  PackBodyFragment,
  PackState,
  TryFactInput,
  WaitingGrantsQuery,
} from '@/shared/gql/console/credits/graphql'
import type { Plain } from '@/shared/plain'

export type Grant = WaitingGrantsQuery['waitingGrants']['nodes'][number]
export type PackNumber = Plain<PackBodyFragment>['rules'][number]['numbers'][number]

const rank: Record<PackState, number> = { ACTIVE: 0, SCHEDULED: 1, DRAFT: 2, SHIPPED: 3, PAST: 4 }
/** What pays now comes first, then what is to come, what could be taken, and what is over. */
export function inOrder<Pack extends { state: PackState; version: string }>(packs: Pack[]): Pack[] {
  return [...packs].sort((a, b) => rank[a.state] - rank[b.state] || a.version.localeCompare(b.version))
}

/** 《办法》（2026 年版）第五条 */
export function reference({ document, edition, article }: Plain<PackNumber['basis']>): string {
  const title = /^[《〔]/.test(document) || document.length > 24 ? document : `《${document}》`
  return `${title}${edition ? `（${edition}）` : ''}${article ?? ''}`
}

/** Facts are there only of a term that has begun. */
export function begun<Term extends { starts: string }>(terms: Term[], today: string): Term[] {
  return terms.filter(({ starts }) => starts <= today)
}

export interface Fault {
  /** null: of the whole text */
  line: number | null
  column: number | null
  text: string
}
const places = [
  /第\s*(\d+)\s*行(?:[，,、\s]*第\s*(\d+)\s*列)?/,
  /line\s+(\d+)(?:[,\s]*column\s+(\d+))?/i,
  /(?:^|[\s(（,，])(\d+):(\d+)/,
]
/** Out of the server's sentences, each with its line and column: "第 3 行第 12 列：…", "line 3, column 12: …", "3:12 …". */
export function faultsOf(messages: string[]): Fault[] {
  return messages
    .flatMap((message) => message.split('\n'))
    .filter((message) => message.trim() !== '')
    .map((message) => {
      const place = places.map((pattern) => pattern.exec(message)).find((found) => found !== null)
      if (!place) return { line: null, column: null, text: message.trim() }
      const rest = `${message.slice(0, place.index)}${message.slice(place.index + place[0].length)}`
      const text = rest.replace(/^[\s:：,，;；、.。)）-]+/, '').trim()
      return {
        line: Number(place[1]),
        column: place[2] ? Number(place[2]) : null,
        text: text || message.trim(),
      }
    })
}

/** after − before, exactly. */
export function difference(after: string, before: string): string {
  return sum([after, before.startsWith('-') ? before.slice(1) : `-${before}`])
}

const asThousandths = (decimal: string) => Math.round(Number(decimal) * 1000)
const asText = (thousandths: number) => sum([(thousandths / 1000).toFixed(3)])
const steps = [1, 2, 5]

/** How differences spread: at most nine ranges of a round width, without those that are no difference. */
export function bucketsOf(differences: string[]): { from: string; to: string; count: number }[] {
  const values = differences.filter((value) => !isZero(value)).map(asThousandths)
  if (values.length === 0) return []
  const least = Math.min(...values)
  const most = Math.max(...values)
  let step = 1
  for (let at = 1; (most - least) / step >= 8; at++) step = (steps[at % 3] ?? 1) * 10 ** Math.floor(at / 3)
  const first = Math.floor(least / step)
  const last = Math.floor(most / step)
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const from = (first + index) * step
    return {
      from: asText(from),
      to: asText(from + step),
      count: values.filter((value) => value >= from && value < from + step).length,
    }
  })
}

interface Amounts {
  points: string
  hours: string
  credits?: string | null
}
/** null where the school does not use the measure. */
export function amountOf(balance: Amounts, measure: CreditMeasure): string | null {
  const found = { POINTS: balance.points, HOURS: balance.hours, CREDITS: balance.credits }[measure]
  return found ?? null
}
export function differenceOf(
  row: { before: Amounts; after: Amounts },
  measure: CreditMeasure,
): string | null {
  const before = amountOf(row.before, measure)
  const after = amountOf(row.after, measure)
  return before === null || after === null ? null : difference(after, before)
}

/** What can be tried, and what each of it is told with; `other` is an event that a pack names itself. */
export const occasions = {
  minute: ['minutes'],
  video: ['duration'],
  reading: [],
  course: [],
  check: [],
  other: ['name', 'minutes', 'duration', 'count', 'result'],
} as const satisfies Record<string, readonly (keyof FactForm)[]>
export type Occasion = keyof typeof occasions

interface FactForm {
  event: Occasion
  name: string
  minutes: string
  duration: string
  count: string
  result: string
  date: string
  time: string
}
/** The form as the server takes it: only what the chosen event is told with, the time in the school's zone. */
export function factOf(form: FactForm): Omit<TryFactInput, 'version'> {
  const asked: readonly string[] = occasions[form.event]
  const told = (field: keyof FactForm) => (asked.includes(field) ? form[field].trim() : '')
  const at = new Date(`${form.date}T${form.time.trim().padStart(5, '0')}:00+08:00`)
  return {
    event: form.event === 'other' ? told('name') : form.event,
    minutes: whole(told('minutes')),
    durationMs: whole(told('duration'), 60_000),
    count: whole(told('count')),
    result: told('result') || undefined,
    at: Number.isNaN(at.getTime()) ? undefined : at.toISOString(),
  }
}
const whole = (text: string, unit = 1) => (/^\d{1,6}$/.test(text) ? Number(text) * unit : undefined)
