// Kept readings look for a newer text when there is a line. What cannot be asked about stays as it is.
import { api } from '@/app/api'
import { useSession } from '@/app/session'
import { ReadingTextDocument, ReadingVersionsDocument } from '@/shared/gql/student/catalogue/graphql'
import { save, type Saved } from './saved'

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
