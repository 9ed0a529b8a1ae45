// The queue: two at once, what a broken line does, and what a reload leaves.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetStores } from '@/app/store'
import type { Events } from '@/shared/upload/transfer'
import { rest, serve } from './testing'

const shelf = vi.hoisted(() => new Map<string, unknown[]>())
const ways = vi.hoisted(() => ({
  list: [] as { name: string; events: Events; starts: number; paused: number }[],
}))
vi.mock('idb-keyval', () => ({
  createStore: () => undefined,
  get: async (key: string) => shelf.get(key),
  set: async (key: string, value: unknown[]) => void shelf.set(key, value),
  del: async (key: string) => void shelf.delete(key),
}))
vi.mock('@/shared/upload/transfer', () => ({
  pieceSize: 8,
  transfer(file: File, _endpoint: string, events: Events) {
    const way = { name: file.name, events, starts: 0, paused: 0 }
    ways.list.push(way)
    return {
      start: async () => void way.starts++,
      pause: async () => void way.paused++,
      cancel: async () => undefined,
    }
  },
}))
vi.mock('./followAsset', () => ({ followAsset: () => () => undefined }))
vi.mock('@/app/session', () => ({ useSession: () => ({ viewer: { id: 'me' } }) }))

const file = (name: string) => ({ file: new File(['0123456789'], name, { lastModified: 1 }) })
function way(name: string) {
  const found = ways.list.filter((one) => one.name === name).at(-1)
  if (!found) throw new Error(`${name} was never begun`)
  return found
}
function first<T>(list: readonly T[]): T {
  const [found] = list
  if (found === undefined) throw new Error('an empty list')
  return found
}

async function queue() {
  forgetStores()
  const { useUploads } = await import('./uploads')
  const uploads = useUploads()
  await rest()
  return uploads
}
beforeEach(() => {
  shelf.clear()
  ways.list = []
  let made = 0
  serve({
    CreateUpload: () => {
      made += 1
      const asset = { __typename: 'Asset', id: `ast_${made}`, status: 'UPLOADING' }
      return { createUpload: { __typename: 'UploadPayload', asset, uploadUrl: `/uploads/ast_${made}` } }
    },
  })
})

describe('the queue of uploads', () => {
  it('sends two at once, and the next when one is done', async () => {
    const uploads = await queue()
    await uploads.add([file('a'), file('b'), file('c')])
    expect(uploads.list.map((one) => one.state)).toEqual(['waiting', 'sending', 'sending'])
    way('a').events.done()
    expect(uploads.list.map((one) => one.state)).toEqual(['sending', 'sending', 'sent'])
  })

  it('goes on by itself when the line is back', async () => {
    const uploads = await queue()
    await uploads.add([file('a')])
    way('a').events.progress(4)
    way('a').events.stopped({ again: true, sentence: null })
    expect(uploads.list[0]).toMatchObject({ state: 'offline', sent: 4, failure: null })
    window.dispatchEvent(new Event('online'))
    expect(uploads.list[0]?.state).toBe('sending')
    expect(way('a').starts).toBe(2)
  })

  it('stops at a refusal, with its sentence', async () => {
    const uploads = await queue()
    await uploads.add([file('a')])
    way('a').events.stopped({ again: false, sentence: '空间不足。' })
    expect(uploads.list[0]).toMatchObject({ state: 'failed', failure: '空间不足。' })
  })

  it('is there after a reload, and a file chosen again goes on in its row', async () => {
    const before = await queue()
    await before.add([file('a'), file('b')])
    await rest()
    const after = await queue()
    expect(after.list.map((one) => [one.name, one.state])).toEqual([
      ['b', 'lost'],
      ['a', 'lost'],
    ])
    expect(after.canResume(first(after.list))).toBe(false)
    await after.add([file('a')])
    expect(after.list.map((one) => [one.name, one.state, one.assetId])).toEqual([
      ['b', 'lost', 'ast_2'],
      ['a', 'sending', 'ast_1'],
    ])
  })

  it('goes on by itself after a reload where the browser kept the file', async () => {
    const { file: kept } = file('a')
    const handle = { queryPermission: async () => 'granted', getFile: async () => kept } as unknown
    const before = await queue()
    await before.add([{ file: kept, handle: handle as FileSystemFileHandle }])
    await rest()
    const after = await queue()
    expect(after.list.map((one) => one.state)).toEqual(['sending'])
    expect(ways.list).toHaveLength(2)
  })

  it('leaves a paused file paused', async () => {
    const { file: kept } = file('a')
    const handle = { queryPermission: async () => 'granted', getFile: async () => kept } as unknown
    const before = await queue()
    await before.add([{ file: kept, handle: handle as FileSystemFileHandle }])
    await before.pause(first(before.list))
    await rest()
    const after = await queue()
    expect(after.list.map((one) => one.state)).toEqual(['paused'])
    await after.resume(first(after.list))
    expect(after.list[0]?.state).toBe('sending')
  })

  it('forgets what was taken out', async () => {
    const before = await queue()
    await before.add([file('a')])
    await before.drop(first(before.list))
    await rest()
    expect((await queue()).list).toEqual([])
    expect(shelf.size).toBe(0)
  })
})
