// The queue as it is kept in the browser: one list for each person, in IndexedDB, because only there a file's handle survives.
import { createStore, del, get, set } from 'idb-keyval'
import type { Trace } from '@/shared/upload/fingerprint'

export interface Kept extends Trace {
  assetId: string
  endpoint: string
  sent: number
  paused: boolean
  handle?: FileSystemFileHandle
}
const shelf = () => createStore('xianfeng-uploads', 'queues')

export async function take(person: string): Promise<Kept[]> {
  // A browser that keeps nothing (a private window) has an empty queue after a reload.
  return (await get<Kept[]>(person, shelf()).catch(() => undefined)) ?? []
}
export async function put(person: string, list: Kept[]): Promise<void> {
  const done = list.length > 0 ? set(person, list, shelf()) : del(person, shelf())
  await done.catch(() => undefined)
}
