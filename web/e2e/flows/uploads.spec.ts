// The queue of uploads as a lecturer sees it: several files, pause, a line that breaks, a page that is loaded anew.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask } from '../client.ts'
import { expect, main, settled, test, type Page } from '../world.ts'

const size = 12_000_000

function file(name: string): string {
  const path = join(process.env.XIANFENG_FOLDER ?? '', name)
  writeFileSync(path, Buffer.alloc(size, `${name} is no film `))
  return path
}
const row = (page: Page, name: string) => main(page).getByRole('listitem').filter({ hasText: name })
/** A slow line that can be cut. */
async function line(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  return (offline: boolean) =>
    session.send('Network.emulateNetworkConditions', {
      offline,
      latency: 20,
      downloadThroughput: -1,
      uploadThroughput: 1_000_000,
    })
}
const share = async (page: Page, name: string) =>
  Number(await row(page, name).getByRole('progressbar').getAttribute('aria-valuenow'))

test('a queue goes on over a pause, a broken line and a reload', async ({ as, allow }, info) => {
  test.setTimeout(120_000)
  allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_IO_SUSPENDED|ERR_CONNECTION|Failed to load resource/)
  const page = await as('lecturer')
  page.on('dialog', (dialog) => void dialog.accept())
  await page.goto('/console/assets')
  await settled(page)
  await expect(page.getByText(/个人空间：已用/)).toBeVisible()
  const cut = await line(page)
  await cut(false)
  const names = [1, 2, 3].map((n) => `长片-${n}-${info.project.name}.mp4`)
  const first = names[0] ?? ''
  await page.locator('input[type=file][accept*=video]').first().setInputFiles(names.map(file))
  await expect(row(page, names[2] ?? '')).toContainText('排队中')
  await expect(row(page, first)).toContainText(/\/秒 · 约剩/, { timeout: 20_000 })

  await page.getByRole('button', { name: `暂停上传${first}` }).click()
  await expect(row(page, first)).toContainText('已暂停')
  // Its place goes to the one that waited.
  await expect(row(page, names[2] ?? '')).not.toContainText('排队中')
  await page.getByRole('button', { name: `继续上传${first}` }).click()
  for (const name of names.slice(1)) await page.getByRole('button', { name: `取消上传${name}` }).click()
  await expect.poll(() => share(page, first), { timeout: 20_000 }).toBeGreaterThan(20)

  await cut(true)
  await expect(row(page, first)).toContainText('网络中断', { timeout: 30_000 })
  await cut(false)
  await expect(row(page, first)).not.toContainText('网络中断', { timeout: 20_000 })
  // The first of two pieces is safe by then.
  await expect.poll(() => share(page, first), { timeout: 30_000 }).toBeGreaterThan(75)

  await page.reload()
  await settled(page)
  await expect(row(page, first)).toContainText('请重新选择同一个文件')
  await row(page, first)
    .locator('input[type=file]')
    .setInputFiles(join(process.env.XIANFENG_FOLDER ?? '', first))
  await expect.poll(() => share(page, first)).toBeGreaterThan(60)
  await expect(row(page, first).getByText('未通过')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: `从队列移除${first}` }).click()
  await expect(row(page, first)).toHaveCount(0)
})

test('files that are dropped go into the queue, and what is cancelled is gone from the library', async ({
  as,
  allow,
}, info) => {
  // The request that was cut off is still being ended: the cancel is sent again.
  allow(/status of 423/)
  const page = await as('lecturer')
  page.on('dialog', (dialog) => void dialog.accept())
  await page.goto('/console/assets')
  await settled(page)
  const cut = await line(page)
  await cut(false)
  const names = [1, 2].map((n) => `拖放-${n}-${info.project.name}.mp4`)
  const dragged = await page.evaluateHandle(
    ([length, ...all]) => {
      const data = new DataTransfer()
      for (const name of all) data.items.add(new File([new Uint8Array(Number(length))], String(name)))
      return data
    },
    [4_000_000, ...names] as (string | number)[],
  )
  const zone = page.getByText('把视频文件拖到这里')
  await zone.dispatchEvent('dragenter', { dataTransfer: dragged })
  await expect(page.getByText('松开鼠标，开始上传')).toBeVisible()
  await page.getByText('松开鼠标，开始上传').dispatchEvent('drop', { dataTransfer: dragged })
  for (const name of names) await expect(row(page, name)).toContainText(/\/秒|排队中|3\.\d MB/)
  for (const name of names) {
    const told = page.waitForResponse((answer) =>
      (answer.request().postData() ?? '').includes('ForgetUpload'),
    )
    await page.getByRole('button', { name: `取消上传${name}` }).click()
    expect(await (await told).text()).not.toContain('errors')
    await expect(row(page, name)).toHaveCount(0)
  }
  const { data } = await ask<{ library: { nodes: { asset: { fileName: string } }[] } }>(
    'lecturer',
    '{ library(first: 50, filter: { mine: true }) { nodes { asset { fileName } } } }',
  )
  const left = data?.library.nodes.map(({ asset }) => asset.fileName) ?? []
  expect(left.filter((name) => names.includes(name))).toEqual([])
})
