// The real tus client in Node: what is cut goes on where it was, and only for whoever began it.
import { expect, test } from '@playwright/test'
import { DetailedError, Upload } from 'tus-js-client'
import { ask, base, cookieOf, type Account } from '../client.ts'

const piece = 256 * 1024

async function announce(fileName: string) {
  const { data } = await ask<{ createUpload: { asset: { id: string }; uploadUrl: string } }>(
    'lecturer',
    'mutation($i: CreateUploadInput!) { createUpload(input: $i) { asset { id } uploadUrl } }',
    { i: { fileName, purpose: 'VIDEO' } },
  )
  expect(data?.createUpload.uploadUrl).toMatch(/^\/uploads\//)
  return { asset: data?.createUpload.asset.id ?? '', endpoint: `${base()}${data?.createUpload.uploadUrl}` }
}
const statusOf = async (id: string) =>
  (
    await ask<{ asset: { status: string } }>('lecturer', 'query($id: ID!) { asset(id: $id) { status } }', {
      id,
    })
  ).data?.asset.status

type Way = { endpoint: string } | { uploadUrl: string }
interface Sent {
  offsets: number[]
  url: string | null
  failure: Error | null
}
/** Sends until the end, until a refusal, or until so many bytes have been acknowledged. */
function send(who: Account, way: Way, file: Buffer, until = Infinity): Promise<Sent> {
  return new Promise((resolve) => {
    const offsets: number[] = []
    const end = (failure: Error | null) => resolve({ offsets, url: upload.url, failure })
    const upload = new Upload(file, {
      ...way,
      chunkSize: piece,
      retryDelays: [],
      headers: { cookie: `xianfeng=${cookieOf(who)}`, 'accept-language': 'zh-CN' },
      onChunkComplete: (_size, accepted) => {
        offsets.push(accepted)
        if (accepted >= until) void upload.abort().then(() => end(null))
      },
      onSuccess: () => end(null),
      onError: end,
    })
    upload.start()
  })
}
const statusIn = (sent: Sent) =>
  sent.failure instanceof DetailedError ? sent.failure.originalResponse?.getStatus() : undefined

test('an upload that is cut goes on where it was, and for nobody else', async () => {
  const { asset, endpoint } = await announce('cut.mp4')
  const file = Buffer.alloc(4 * piece + 1000, 'not a film ')
  const cut = await send('lecturer', { endpoint }, file, 2 * piece)
  expect(cut.failure).toBeNull()
  expect(cut.offsets).toEqual([piece, 2 * piece])
  expect(await statusOf(asset)).toBe('UPLOADING')

  const uploadUrl = cut.url ?? ''
  for (const stranger of ['s1', 'admin'] as const) {
    const stolen = await send(stranger, { uploadUrl }, file)
    expect(statusIn(stolen), stranger).toBe(404)
    expect(stolen.offsets).toEqual([])
  }

  const rest = await send('lecturer', { uploadUrl }, file)
  expect(rest.failure).toBeNull()
  expect(rest.offsets).toEqual([3 * piece, 4 * piece, file.length])
  await expect.poll(() => statusOf(asset), { timeout: 20_000 }).toBe('FAILED')
})

test('another person cannot begin an upload that somebody announced, nor begin it anew after its end', async () => {
  const { asset, endpoint } = await announce('whose.mp4')
  const file = Buffer.from('a few bytes')
  expect(statusIn(await send('s1', { endpoint }, file))).toBe(404)
  expect(await statusOf(asset)).toBe('UPLOADING')
  expect((await send('lecturer', { endpoint }, file)).failure).toBeNull()
  expect(statusIn(await send('lecturer', { endpoint }, file))).toBe(409)
})
