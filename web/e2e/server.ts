// The one server of all specs: the real program on a free port, its demo school in a temporary folder. Both go when the run ends. Where
// XIANFENG_TEST_S3 names an S3 server (tests/with-s3.sh), a second one of the same school keeps its objects there.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { accounts, signIn } from './client.ts'

/** The day up to which the school has lived. */
const DAY = '2026-11-20'

export default async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'xianfeng-e2e-'))
  const data = join(folder, 'school')
  const servers: ChildProcess[] = []
  const end = async () => {
    for (const server of servers) await stop(server)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    fill(data)
    // For specs that want a server of their own, to kill it.
    cpSync(data, join(folder, 'untouched'), { recursive: true })
    if (process.env.XIANFENG_TEST_S3) {
      const second = join(folder, 's3')
      cpSync(data, second, { recursive: true })
      const onS3 = serve(second, s3())
      servers.push(onS3)
      process.env.XIANFENG_URL_S3 = await address(onS3)
      process.env.XIANFENG_COOKIE_S3 = await signIn('lecturer', process.env.XIANFENG_URL_S3)
    }
    const server = serve(data)
    servers.push(server)
    process.env.XIANFENG_URL = await address(server)
    process.env.XIANFENG_FOLDER = folder
    // Signing in costs a slow hash on purpose: once for each account, not once for each test.
    for (const name of accounts) process.env[`XIANFENG_COOKIE_${name}`] = await signIn(name)
  } catch (error) {
    await end()
    throw error
  }
  return end
}

function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url))
  const path = process.env.XIANFENG_BINARY ?? join(target, 'debug/xianfeng')
  if (!existsSync(path)) throw new Error(`${path} is missing: cargo build -p api`)
  return path
}

/** XIANFENG_SCHOOL: a folder that `seed --demo` has filled before, copied to save its time while writing tests. */
function fill(data: string) {
  const { XIANFENG_SCHOOL: before, XIANFENG_STUDENTS: students = '40', XIANFENG_DAY: day = DAY } = process.env
  if (before) return cpSync(before, data, { recursive: true })
  const began = Date.now()
  const wanted = ['--students', students, '--logins', '4', '--date', day]
  const done = spawnSync(binary(), ['seed', '--demo', ...wanted, '--data-dir', data], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`seed: ${done.stdout}${done.stderr}`)
  process.stdout.write(`The demo school was filled in ${Math.round((Date.now() - began) / 1000)} s.\n`)
}

/** The one bucket of the test server, and a corner of it. */
const s3 = () => ({
  XIANFENG_STORE_URL: 's3://xianfeng/e2e',
  XIANFENG_STORE_ENDPOINT: process.env.XIANFENG_TEST_S3,
  XIANFENG_STORE_REGION: 'us-east-1',
  XIANFENG_STORE_ACCESS_KEY: 'test-key',
  XIANFENG_STORE_SECRET_KEY: 'test-secret',
})

export function serve(data: string, settings: NodeJS.ProcessEnv = {}, listen = '127.0.0.1:0'): ChildProcess {
  return spawn(binary(), ['serve', '--listen', listen, '--data-dir', data], {
    env: { ...process.env, XIANFENG_LOG: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

export function address(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    if (!server.stdout) return reject(new Error('no output'))
    createInterface(server.stdout).on('line', (line) => {
      const found = /^http:\/\/\S+/.exec(line)
      if (found) resolve(found[0].replace(/\/$/, ''))
    })
  })
}

/** Exactly this process; SIGTERM lets it finish what it has begun. */
export async function stop(server: ChildProcess) {
  if (server.exitCode !== null) return
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  const late = setTimeout(() => server.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(late)
}
