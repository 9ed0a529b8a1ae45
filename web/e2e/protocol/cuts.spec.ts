// The real tus client over lines that break at any byte, and over a server that is killed: what the store has at the end is what was sent.
// On the folder, and on S3 where there is a server of it. XIANFENG_UPLOAD_CUTS says how many uploads (1000 in `make torture`).
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Upload } from 'tus-js-client'
import { base, cookieOf, post, signIn } from '../client.ts'
import { address, serve, stop } from '../server.ts'

const uploads = Number(process.env.XIANFENG_UPLOAD_CUTS ?? 50)
const seed = Number(process.env.XIANFENG_SEED ?? Math.floor(Math.random() * 2 ** 31))
const atOnce = 4

/** Always the same for a seed (mulberry32). */
function dice(start: number) {
  let state = start >>> 0
  return (below: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface School {
  url: string
  cookie: string
  /** where the store keeps originals */
  originals: string
}
const schools: [string, () => School | null][] = [
  [
    'folder',
    () => ({
      url: base(),
      cookie: cookieOf('lecturer'),
      originals: join(process.env.XIANFENG_FOLDER ?? '', 'school/objects/originals'),
    }),
  ],
  [
    'S3',
    () => {
      const {
        XIANFENG_URL_S3: url,
        XIANFENG_COOKIE_S3: cookie,
        XIANFENG_TEST_S3_FOLDER: folder,
      } = process.env
      return url && cookie && folder
        ? { url, cookie, originals: join(folder, 'xianfeng/e2e/originals') }
        : null
    },
  ],
]

async function ask<Data>(school: School, query: string, variables: object): Promise<Data> {
  const response = await post(school.cookie, query, variables, school.url)
  const { data, errors } = (await response.json()) as { data: Data; errors?: { message: string }[] }
  if (errors) throw new Error(errors[0]?.message)
  return data
}
async function announce(school: School, fileName: string) {
  const { createUpload } = await ask<{ createUpload: { asset: { id: string }; uploadUrl: string } }>(
    school,
    'mutation($i: CreateUploadInput!) { createUpload(input: $i) { asset { id } uploadUrl } }',
    { i: { fileName, purpose: 'ROSTER' } },
  )
  return { id: createUpload.asset.id, path: createUpload.uploadUrl }
}
async function ready(school: School, id: string) {
  const look = async () =>
    (
      await ask<{ asset: { status: string } }>(school, 'query($i: ID!) { asset(id: $i) { status } }', {
        i: id,
      })
    ).asset.status
  await expect.poll(look, { timeout: 60_000, intervals: [50, 100, 250] }).toBe('READY')
}
const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
/** A roster may be any text. */
const text = (length: number) =>
  Buffer.from(
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
  )

/** A line that breaks so many times, each time after a random byte of what the client sends. */
async function line(url: string, cuts: number, roll: (below: number) => number, span: number) {
  const { hostname, port } = new URL(url)
  const state = { left: cuts, made: 0 }
  const server = createServer((client) => {
    const far = connect(Number(port), hostname)
    let budget = state.left > 0 ? 1 + roll(span) : Infinity
    const end = () => {
      client.destroy()
      far.destroy()
    }
    for (const socket of [client, far]) socket.on('error', end).on('close', end)
    far.pipe(client)
    client.on('data', (bytes) => {
      if (budget === 0) return
      if (bytes.length < budget) {
        budget -= bytes.length
        if (!far.write(bytes)) {
          client.pause()
          far.once('drain', () => client.resume())
        }
        return
      }
      state.left -= 1
      state.made += 1
      far.write(bytes.subarray(0, budget), end)
      budget = 0
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${own}`, state, close: () => server.close() }
}

function send(file: Buffer, endpoint: string, cookie: string, chunkSize: number): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const upload: Upload = new Upload(file, {
      endpoint,
      chunkSize,
      retryDelays: [0, ...Array<number>(400).fill(25)],
      onShouldRetry: () => true,
      headers: { cookie: `xianfeng=${cookie}` },
      onSuccess: () => resolve(upload),
      onError: reject,
    })
    upload.start()
  })
}

for (const [name, find] of schools) {
  test(`${uploads} uploads that are cut at random bytes arrive as they were sent: ${name}`, async () => {
    const school = find()
    test.skip(school === null, 'no S3 server: run by tests/with-s3.sh')
    if (!school) return
    test.setTimeout(60_000 + uploads * 3000)
    const roll = dice(seed)
    let cuts = 0
    const one = async (n: number) => {
      // One in ten is longer than a part of S3.
      const size = n % 10 === 9 ? 5_242_000 + roll(6_000_000) : 1000 + roll(300_000)
      const chunk = roll(2) === 0 ? Infinity : Math.max(20_000, Math.floor(size / (1 + roll(5))))
      const file = text(size)
      const { id, path } = await announce(school, `切断-${n}.csv`)
      const broken = await line(school.url, 1 + roll(4), roll, Math.min(size, chunk) + 400)
      await send(file, `${broken.url}${path}`, school.cookie, chunk)
      broken.close()
      cuts += broken.state.made
      await ready(school, id)
      const kept = readFileSync(join(school.originals, id.replace(/^ast_/, '')))
      expect(sha(kept), `upload ${n} of seed ${seed}: ${size} bytes`).toBe(sha(file))
    }
    let next = 0
    const worker = async () => {
      while (next < uploads) await one(next++)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    process.stdout.write(`${name}: ${uploads} uploads, ${cuts} cuts, seed ${seed}\n`)
    expect(cuts).toBeGreaterThanOrEqual(uploads / 2)
  })
}

let onEnd: (() => Promise<void>) | null = null
test.afterEach(async () => {
  await onEnd?.()
  onEnd = null
})

test('an upload goes on by itself when the server is killed and started again', async () => {
  test.setTimeout(120_000)
  const folder = process.env.XIANFENG_FOLDER ?? ''
  const data = join(folder, 'restarted')
  cpSync(join(folder, 'untouched'), data, { recursive: true })
  let server = serve(data)
  onEnd = () => stop(server)
  const url = await address(server)
  const school = { url, cookie: await signIn('lecturer', url), originals: join(data, 'objects/originals') }
  const file = text(18_000_000)
  const { id, path } = await announce(school, '重启.csv')
  let kills = 0
  const again = async () => {
    server.kill('SIGKILL')
    await new Promise((gone) => server.once('exit', gone))
    server = serve(data, {}, new URL(url).host)
    await address(server)
  }
  await new Promise<void>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: `${url}${path}`,
      chunkSize: 2_000_000,
      retryDelays: Array<number>(200).fill(100),
      onShouldRetry: () => true,
      headers: { cookie: `xianfeng=${school.cookie}` },
      onProgress: (sent) => {
        if (kills < 3 && sent > (kills + 1) * 4_000_000) {
          kills += 1
          void again().catch(reject)
        }
      },
      onSuccess: () => resolve(),
      onError: reject,
    })
    upload.start()
  })
  await ready(school, id)
  expect(kills).toBe(3)
  expect(sha(readFileSync(join(school.originals, id.replace(/^ast_/, ''))))).toBe(sha(file))
})
