// Readings kept on this device on purpose, with their pictures, for where there is no line. Reading them earns nothing: no server
// sees it. They belong to the person who kept them, and are out of sight once that person has signed out.
import { createStore, del, entries, get, set } from 'idb-keyval'
import { api } from '@/app/api'
import { signedIn, useSession } from '@/app/session'
import { ReadingTextDocument, ReadingVersionsDocument } from '@/shared/gql/student/catalogue/graphql'

export interface Saved {
  lessonId: string
  person: string
  title: string
  course: string
  /** of the text; copies from before this was kept have none, and are old */
  version?: string
  html: string
  bytes: number
  savedAt: number
}
const pictures = 'xianfeng-pictures'
let database: ReturnType<typeof createStore> | undefined
const store = () => (database ??= createStore('xianfeng-saved', 'readings'))

export async function save(reading: Omit<Saved, 'bytes' | 'savedAt' | 'person'>): Promise<void> {
  const person = signedIn()
  if (!person) return
  const html = lighten(reading.html)
  const bytes = new TextEncoder().encode(html).length
  await set(
    reading.lessonId,
    { ...reading, html, person, bytes, savedAt: Date.now() } satisfies Saved,
    store(),
  )
  await keepPictures(picturesOf(html))
}
export async function find(lessonId: string): Promise<Saved | null> {
  const reading = await get<Saved>(lessonId, store()).catch(() => undefined)
  return reading && reading.person === signedIn() ? reading : null
}
/** Newest first. */
export async function list(): Promise<Saved[]> {
  const all = await entries<string, Saved>(store()).catch(() => [])
  return all
    .map(([, reading]) => reading)
    .filter(({ person }) => person === signedIn())
    .sort((a, b) => b.savedAt - a.savedAt)
}
export async function remove(lessonId: string): Promise<void> {
  const reading = await find(lessonId)
  await del(lessonId, store())
  const others = (await list()).flatMap(({ html }) => picturesOf(html))
  const gone = picturesOf(reading?.html ?? '').filter((address) => !others.includes(address))
  if (gone.length === 0 || !('caches' in window)) return
  const cache = await caches.open(pictures)
  await Promise.all(gone.map((address) => cache.delete(address)))
}

/** Of each picture the smaller file: a device has little room, and a page without a line cannot choose. */
function lighten(html: string): string {
  if (!html.includes(' srcset="')) return html
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const image of page.images) {
    const small = image.getAttribute('srcset')?.split(/[ ,]/)[0]
    if (small) image.setAttribute('src', small)
    image.removeAttribute('srcset')
    image.removeAttribute('sizes')
  }
  return page.body.innerHTML
}

export const picturesOf = (html: string) =>
  [...new DOMParser().parseFromString(html, 'text/html').images]
    .map((image) => image.getAttribute('src') ?? '')
    .filter((address) => address.startsWith('/'))

/** A text without one of its pictures is still worth reading. */
async function keepPictures(addresses: string[]) {
  if (!('caches' in window)) return
  const cache = await caches.open(pictures)
  await Promise.allSettled(addresses.map((address) => cache.add(address)))
}

// Kept readings look for a newer text when there is a line. What cannot be asked about stays as it is.
export interface Refreshed {
  renewed: string[]
  /** of courses that are there no longer */
  gone: string[]
}
const policy = { requestPolicy: 'network-only' } as const

export async function refresh(kept: Saved[]): Promise<Refreshed> {
  const lessonIds = kept.slice(0, 200).map(({ lessonId }) => lessonId)
  const nothing = { renewed: [], gone: [] }
  if (lessonIds.length === 0 || !navigator.onLine) return nothing
  // These pages open without a session; only with one there is somebody to ask for.
  const session = useSession()
  await session.ready()
  if (session.status !== 'in') return nothing
  const { data } = await api.value.query(ReadingVersionsDocument, { lessonIds }, policy).toPromise()
  if (!data) return nothing
  const versions = new Map(data.readingVersions.map(({ lessonId, version }) => [lessonId, version]))
  const gone = lessonIds.filter((id) => !versions.has(id))
  const old = kept.filter(
    ({ lessonId, version }) => versions.has(lessonId) && versions.get(lessonId) !== version,
  )
  const renewed: string[] = []
  for (const { lessonId } of old) if (await renew(lessonId)) renewed.push(lessonId)
  return { renewed, gone }
}

async function renew(lessonId: string): Promise<boolean> {
  const { data } = await api.value.query(ReadingTextDocument, { lessonId }, policy).toPromise()
  if (!data) return false
  const { title, courseTitle, version, html } = data.readingText
  return save({ lessonId, title, course: courseTitle, version, html }).then(
    () => true,
    () => false,
  )
}
