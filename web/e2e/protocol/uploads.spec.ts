// The real tus client in Node: what is cut goes on where it was, and only for whoever began it.
import { createHash } from 'node:crypto'
import { request, type ClientRequest } from 'node:http'
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

/** A PATCH whose body has only begun. */
function halfOpen(url: string, length: number, first: Buffer): ClientRequest {
  const open = request(url, {
    method: 'PATCH',
    headers: {
      ...tus,
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(length),
    },
  })
  open.on('error', () => undefined)
  open.write(first)
  return open
}
const tus = {
  'tus-resumable': '1.0.0',
  'x-requested-with': 'e2e',
  get cookie() {
    return `xianfeng=${cookieOf('lecturer')}`
  },
}
const head = (url: string) => fetch(url, { method: 'HEAD', headers: tus })

test('a second writer is refused while the first one writes, and the file is whole at the end', async () => {
  const { asset, endpoint } = await announce('parallel.mp4')
  const file = Buffer.alloc(600_000, 'one after the other ')
  const begun = await fetch(endpoint, {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(file.length) },
  })
  expect(begun.status).toBe(201)
  const url = `${base()}${begun.headers.get('location')}`
  const first = halfOpen(url, file.length, file.subarray(0, 200_000))
  await expect
    .poll(async () => statusIn(await send('lecturer', { uploadUrl: url }, Buffer.alloc(file.length, 'x'))))
    .toBe(423)
  first.destroy()
  // The first one's bytes are kept, those of the second never were.
  await expect.poll(async () => (await head(url)).headers.get('upload-offset')).toBe('200000')
  const rest = await send('lecturer', { uploadUrl: url }, file)
  expect(rest.failure).toBeNull()
  await expect.poll(() => statusOf(asset), { timeout: 20_000 }).toBe('FAILED')
})

test('the first bytes may come with the announcement, and what is given up is gone', async () => {
  const { asset, endpoint } = await announce('with-creation.mp4')
  const file = Buffer.alloc(2 * piece, 'bytes ')
  const upload = await new Promise<Upload>((resolve, reject) => {
    const upload: Upload = new Upload(file, {
      endpoint,
      chunkSize: piece,
      uploadDataDuringCreation: true,
      retryDelays: [],
      headers: { cookie: tus.cookie },
      onChunkComplete: (_size, accepted) => {
        if (accepted === piece) void upload.abort().then(() => resolve(upload))
      },
      onError: reject,
    })
    upload.start()
  })
  const answer = await head(upload.url ?? '')
  expect(answer.headers.get('upload-offset')).toBe(String(piece))
  const day = 24 * 3600 * 1000
  const ends = Date.parse(answer.headers.get('upload-expires') ?? '') - Date.now()
  expect(Math.abs(ends - day)).toBeLessThan(60_000)
  await upload.abort(true)
  expect((await head(upload.url ?? '')).status).toBe(404)
  expect(await statusOf(asset)).toBe('UPLOADING')
})

test('bytes that do not add up to their checksum are not taken', async () => {
  const { endpoint } = await announce('checksum.mp4')
  const file = Buffer.from('some bytes of a film')
  const digest = (bytes: Buffer) => `sha1 ${createHash('sha1').update(bytes).digest('base64')}`
  const withSum = (sum: string) =>
    new Promise<Error | null>((resolve) => {
      const upload = new Upload(file, {
        endpoint,
        retryDelays: [],
        headers: { cookie: tus.cookie },
        onBeforeRequest: (request) => {
          if (request.getMethod() === 'PATCH') request.setHeader('Upload-Checksum', sum)
        },
        onSuccess: () => resolve(null),
        onError: resolve,
      })
      upload.start()
    })
  const refused = await withSum(digest(Buffer.from('other bytes')))
  expect((refused as DetailedError).originalResponse?.getStatus()).toBe(460)
  expect(await withSum(digest(file))).toBeNull()
})
