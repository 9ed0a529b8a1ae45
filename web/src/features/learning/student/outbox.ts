// What this device recorded and the server has not acknowledged, kept over reloads, closed tabs and sleep. One record for each study;
// once a study is over, what it still owed is kept for its lesson. Only for the person who studied: devices are shared.
import { createStore, del, entries, set } from 'idb-keyval'
import type { Queue, Stretch } from './queue'

export interface Kept {
  /** null: the study is over, the spans wait for the next study of the lesson */
  studyId: string | null
  lessonId: string
  person: string
  reading: boolean
  /** what the spans are of; what was kept before this was noted has none */
  content?: Content
  queue: Queue
  at: number
}
/** A reading is its text; a video has no version that a device knows of, but a length. */
export interface Content {
  version: string | null
  end: number
}
/** A video of about the same length is the same one, encoded anew: the server sees it so too. */
export const sameContent = (one: Content, other: Content) =>
  one.version === other.version &&
  (one.version !== null || Math.abs(one.end - other.end) * 100 <= other.end * 2)
const WEEK_MS = 7 * 86_400_000
const prefix = 'xianfeng:unsent:'
/** so that a start without anything to tell loads nothing of this */
const flag = 'xianfeng:owing'

/** What lessons are owed is kept apart for each of their contents. */
const tag = (content?: Content) => (content ? ` ${content.version ?? content.end}` : '')
const keyOf = ({ studyId, lessonId, person, content }: Kept) =>
  studyId ?? `${lessonId} of ${person}${tag(content)}`
let database: ReturnType<typeof createStore> | undefined
const store = () => (database ??= createStore('xianfeng-unsent', 'beats'))

/** Resolves when it is written. Where a browser has no database for us, the plain store takes it. */
export async function keep(record: Kept): Promise<void> {
  const key = keyOf(record)
  try {
    await set(key, record, store())
    // A page that was about to go may have written a newer copy meanwhile.
    const copy = parse(localStorage.getItem(prefix + key)) as Kept | null
    if (!copy || copy.at <= record.at) localStorage.removeItem(prefix + key)
    localStorage.setItem(flag, '1')
  } catch {
    keepAtOnce(record)
  }
}

/** Written before the next line runs, for a page that is about to go: a database might not get to it. */
export function keepAtOnce(record: Kept) {
  try {
    localStorage.setItem(prefix + keyOf(record), JSON.stringify(record))
    localStorage.setItem(flag, '1')
  } catch {
    // Without any store the queue lives as long as the page.
  }
}

export async function drop(record: Kept): Promise<void> {
  const key = keyOf(record)
  try {
    localStorage.removeItem(prefix + key)
    await del(key, store())
  } catch {
    // Nothing was kept.
  }
}

/** Everything kept for this person, oldest first; of two copies the newer one. What is older than a week can no longer be told. */
export async function kept(person: string, now: number): Promise<Kept[]> {
  const found = new Map<string, Kept>()
  for (const [key, record] of [...(await stored()), ...plain()]) {
    if (!isSound(record) || record.at < (found.get(key)?.at ?? 0)) continue
    found.set(key, record)
  }
  const all = [...found.values()]
  if (all.length === 0) unflag()
  for (const record of all) if (record.at < now - WEEK_MS) void drop(record)
  return all
    .filter((record) => record.person === person && record.at >= now - WEEK_MS)
    .sort((a, b) => a.at - b.at)
}

function unflag() {
  try {
    localStorage.removeItem(flag)
  } catch {
    // There was none.
  }
}
async function stored(): Promise<[string, unknown][]> {
  try {
    return await entries<string, unknown>(store())
  } catch {
    return []
  }
}
function plain(): [string, unknown][] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => [key.slice(prefix.length), parse(localStorage.getItem(key))])
  } catch {
    return []
  }
}
function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}

function isSound(value: unknown): value is Kept {
  const record = value as Partial<Kept> | null
  return (
    typeof record?.lessonId === 'string' &&
    typeof record.person === 'string' &&
    typeof record.at === 'number' &&
    Number.isInteger(record.queue?.nextSeq) &&
    Array.isArray(record.queue?.waiting)
  )
}

/** Adds what a study that is over still owed to what its lesson was owed before. */
export async function owe(record: Kept, stretches: Stretch[]): Promise<void> {
  const heir: Kept = { ...record, studyId: null, queue: { nextSeq: 1, flight: null, waiting: stretches } }
  const before = (await kept(record.person, record.at)).find((one) => keyOf(one) === keyOf(heir))
  const waiting = [...(before?.queue.waiting ?? []), ...stretches]
  if (waiting.length > 0) await keep({ ...heir, queue: { ...heir.queue, waiting } })
  await drop(record)
}

// Old browsers have no locks: then every tab may speak, and the numbers sort it out.
const locks = () => navigator.locks as LockManager | undefined
const lockOf = (studyId: string) => `xianfeng ${studyId}`

/** The tab that plays speaks for its study until it calls what this returns, which resolves when others may. */
export function hold(studyId: string): () => Promise<void> {
  let release = () => {}
  const gone = new Promise<void>((resolve) => (release = resolve))
  const free = Promise.resolve(locks()?.request(lockOf(studyId), () => gone))
  return () => {
    release()
    return free.then(() => undefined)
  }
}

/** Acts unless another tab speaks for the study. */
export async function alone(studyId: string, act: () => Promise<void>): Promise<void> {
  const shared = locks()
  if (!shared) return act()
  await shared.request(lockOf(studyId), { ifAvailable: true }, (lock) => (lock ? act() : undefined))
}
