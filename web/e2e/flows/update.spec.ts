// A release while a page stands open. The server cannot change its version under a test, so a proxy before it hands out another worker.
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { base, cookieOf } from '../client.ts'
import { expect, settled, test } from '../world.ts'

/** The newer version knows none of the scripts that the open page runs, as after a release. */
function released(worker: string): string {
  return worker
    .replace(/const files = \[.*?\]/, 'const files = ["/"]')
    .replace(/xianfeng-shell-\w+/, 'xianfeng-shell-newer')
}

interface Front {
  url: string
  release: () => void
  server: Server
}
async function front(): Promise<Front> {
  let newer = false
  const behind = new URL(base())
  const server = createServer((asked, answer) => {
    const { method, url, headers } = asked
    const plain: typeof headers = { ...headers, 'accept-encoding': 'identity' }
    // The whole text each time: there is nothing to change in a 304.
    delete plain['if-none-match']
    const further = request(
      { host: behind.hostname, port: behind.port, method, path: url, headers: plain },
      (told) => {
        if (url !== '/sw.js' || !newer) {
          answer.writeHead(told.statusCode ?? 502, told.headers)
          return void told.pipe(answer)
        }
        let text = ''
        told.setEncoding('utf8').on('data', (part: string) => (text += part))
        told.on('end', () => answer.writeHead(200, { 'content-type': 'text/javascript' }).end(released(text)))
      },
    )
    further.on('error', () => answer.destroy())
    asked.pipe(further)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, release: () => (newer = true), server }
}

test('a newer version is offered, and taken when somebody says so', async ({ page }) => {
  const { url, release, server } = await front()
  try {
    await page.context().addCookies([{ name: 'xianfeng', value: cookieOf('s1'), url, httpOnly: true }])
    await page.goto(url)
    await settled(page)
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
    await page.reload()
    await settled(page)
    const offer = page.getByRole('status', { name: '新版本' })
    await expect(offer).toHaveCount(0)

    release()
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    await expect(offer).toContainText('平台有新版本')
    expect(await page.evaluate(() => caches.keys())).toHaveLength(2)
    const loaded = page.waitForEvent('load')
    await offer.getByRole('button', { name: '更新' }).click()
    await loaded
    await settled(page)
    await expect(offer).toHaveCount(0)
    expect(await page.evaluate(() => caches.keys())).toEqual(['xianfeng-shell-newer'])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('the app opens without a line', async ({ as, allow }) => {
  allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|net::ERR/)
  const page = await as('s1')
  await page.goto('/')
  await settled(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  await page.context().setOffline(true)
  await page.goto('/')
  await expect(page.getByRole('link', { name: '看离线文章' })).toBeVisible()
})
