// What a search promises: the second of the video and the paragraph of the text open exactly; a slip is mended and said; hits can be narrowed;
// what was searched stays on the device.
import { expect, main, test, type Page } from '../world.ts'

const open = (page: Page, words: string) => page.goto(`/search?q=${encodeURIComponent(words)}`)
const results = (page: Page) =>
  main(page)
    .getByRole('status')
    .filter({ hasText: /共 \d+ 条结果/ })

test('a spoken sentence opens the player at its second', async ({ as }) => {
  const page = await as('student')
  await open(page, '语音由机器合成')
  await expect(results(page)).toBeVisible()
  const hit = main(page).getByRole('link').filter({ hasText: '视频字幕' }).first()
  const [, minutes, seconds] = /(\d+):(\d+) 处/.exec(await hit.innerText()) ?? []
  await hit.click()
  const film = page.locator('video')
  await expect(film).toBeVisible()
  const at = Number(minutes) * 60 + Number(seconds)
  await expect
    .poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime), { timeout: 15_000 })
    .toBeGreaterThanOrEqual(at)
  expect(await film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeLessThan(at + 8)
})

test('a paragraph opens the reader at its place', async ({ as }) => {
  const page = await as('student')
  await open(page, '成文日期')
  await expect(results(page)).toBeVisible()
  const hit = main(page)
    .getByRole('link')
    .filter({ hasText: /阅读 · 第 \d+ 段/ })
    .first()
  const block = Number(/第 (\d+) 段/.exec(await hit.innerText())?.[1]) - 1
  await hit.click()
  await expect(page.locator(`[data-block="${block}"]`)).toBeInViewport()
})

test('a slip is mended and said, and what was meant is one tap away', async ({ as }) => {
  const page = await as('student')
  await open(page, 'dangzhagn')
  const note = main(page).getByRole('status').filter({ hasText: '没有找到“dangzhagn”' })
  await expect(note).toBeVisible()
  await note.getByRole('button', { name: /党章/ }).click()
  await expect(page).toHaveURL(/q=/)
  await expect(note).toHaveCount(0)
  await expect(results(page)).toBeVisible()
})

test('hits of one course are a few, and all of them on request', async ({ as }) => {
  const page = await as('student')
  await open(page, '党')
  await expect(results(page)).toBeVisible()
  const all = main(page)
    .getByRole('button', { name: /本课程共 \d+ 条/ })
    .first()
  await all.click()
  await expect(results(page)).toBeVisible()
  await expect(main(page).getByRole('region')).toHaveCount(1)
})

test('recent searches stay on the device and can be taken back', async ({ as }) => {
  const page = await as('student')
  await page.goto('/search')
  const box = page.getByRole('combobox', { name: '搜索课程、课文和字幕' })
  await box.fill('义务')
  await box.press('Enter')
  await expect(results(page)).toBeVisible()
  await page.goto('/search')
  await expect(main(page).getByRole('button', { name: '义务' })).toBeVisible()
  expect(await page.evaluate(() => JSON.stringify(localStorage))).toContain('义务')
  await main(page).getByRole('button', { name: '清空' }).click()
  await expect(main(page).getByRole('button', { name: '义务' })).toHaveCount(0)
})

test('suggestions are chosen by keyboard', async ({ as }) => {
  const page = await as('student')
  await page.goto('/search')
  const box = page.getByRole('combobox', { name: '搜索课程、课文和字幕' })
  await box.fill('dangz')
  const first = page.getByRole('option').first()
  await expect(first).toBeVisible()
  const text = (await first.locator('.grow').innerText()).trim()
  await box.press('ArrowDown')
  await box.press('Enter')
  await expect(page).toHaveURL(new RegExp(encodeURIComponent(text).slice(0, 20)))
})
