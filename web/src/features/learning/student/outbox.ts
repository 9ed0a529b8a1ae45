// Beats that could not be sent before the page went: kept on this device for the study they belong to, told before the next study opens.
import { isEmpty, type Beat, type Queue, type Span } from './model'

export interface Kept {
  studyId: string
  nextSeq: number
  flight: Beat | null
  waiting: Span[]
}
const key = 'xianfeng:unsent'

export function keep(studyId: string, queue: Queue) {
  try {
    if (isEmpty(queue)) drop(studyId)
    else localStorage.setItem(key, JSON.stringify({ studyId, ...queue } satisfies Kept))
  } catch {
    // Without a store the queue lives as long as the page.
  }
}

export function kept(): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null
    const isSound =
      typeof found?.studyId === 'string' && Number.isInteger(found.nextSeq) && Array.isArray(found.waiting)
    return isSound ? found : null
  } catch {
    return null
  }
}

/** Only that study's: another one may have been kept meanwhile. */
export function drop(studyId: string) {
  try {
    if (kept()?.studyId === studyId) localStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}
