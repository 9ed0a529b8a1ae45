// The pure parts of the media library: what a filter asks, where a file is used in words.
import { count } from '@/shared/format'
import type {
  AssetStatus,
  LibraryFilter,
  LibraryRowFragment,
  UploadPurpose,
} from '@/shared/gql/console/media/graphql'
import type { Plain } from '@/shared/plain'
import { t } from './libraryWords'

export interface Chosen {
  query: string
  purpose: string
  status: string
  show: string
}
export const nothing: Chosen = { query: '', purpose: '', status: '', show: '' }

const working: AssetStatus[] = ['UPLOADING', 'QUEUED', 'PROCESSING']
export function filterOf(chosen: Chosen): LibraryFilter {
  const { query, purpose, status, show } = chosen
  return {
    query: query || null,
    purpose: (purpose || null) as UploadPurpose | null,
    statuses: status === 'WORKING' ? working : status ? [status as AssetStatus] : null,
    mine: show === 'MINE' || null,
    unused: show === 'UNUSED' || null,
    deleted: show === 'DELETED' || null,
  }
}

type Use = Plain<LibraryRowFragment['uses'][number]>
export function placeOf(use: Use): string {
  if (use.version != null) return t('inVersion', use.courseTitle, count(use.version))
  return t('inLesson', use.courseTitle, use.lessonTitle ?? '')
}
/** Kibibytes to bytes, for the one formatter that there is. */
export const sizeOf = (sizeKb: number) => sizeKb * 1024
/** Nothing but earlier versions keeps it. */
export const onlyHistory = (uses: readonly Use[]) =>
  uses.length > 0 && uses.every((use) => use.version != null)
