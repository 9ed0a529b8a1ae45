// Journey 3: a student finds a course, watches, reads, and sees in the ledger why there is more than before.
import { ask } from '../client.ts'
import { enter, expect, main, settled, test, type Page } from '../world.ts'

const course = '党章学习：党员的义务与权利'

async function search(page: Page, words: string) {
  const box = page.getByRole('combobox', { name: '搜索课程、课文和字幕' })
  await box.fill(words)
  await box.press('Enter')
  await expect(
    main(page)
      .getByRole('status')
      .filter({ hasText: /共 \d+ 条结果/ }),
  ).toBeVisible()
}
const percentOf = async (page: Page, name: string | RegExp) =>
  Number(await page.getByRole('progressbar', { name }).first().getAttribute('aria-valuenow'))

test('signs in, and finds a course by a Chinese word, by pinyin and by initials', async ({ page }) => {
  await enter(page, '/', 'student')
  await expect(page.getByRole('heading', { name: '继续学习' })).toBeVisible()
  await settled(page)
  await page.getByRole('link', { name: '搜索' }).filter({ visible: true }).click()
  for (const words of ['义务', 'dangzhang', 'dzxx']) {
    await search(page, words)
    await expect(main(page).getByRole('region', { name: course }), words).toBeVisible()
  }
  await search(page, '义务')
  await expect(main(page).locator('mark').first()).toHaveText('义务')
  await main(page).getByRole('region', { name: course }).getByRole('link', { name: course }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: course })).toBeVisible()
})

test('goes on with the half-seen video: it plays, counts, and keeps its place over a reload', async ({
  as,
}) => {
  const page = await as('student')
  await page.goto('/courses')
  await page.getByRole('link', { name: new RegExp(course) }).click()
  const half = main(page)
    .getByRole('link')
    .filter({ hasText: /视频.*已学 \d/ })
    .first()
  // The bar of the course has a name of the same form: this one is the lesson's.
  const seen = `${await half.getByRole('heading').innerText()}，已学`
  await half.click()
  await expect(page.locator('video')).toBeVisible()
  const before = await percentOf(page, seen)
  expect(before).toBeGreaterThan(0)

  const film = page.locator('video')
  const now = () => film.evaluate((video: HTMLVideoElement) => video.currentTime)
  await film.evaluate((video: HTMLVideoElement) => {
    video.muted = true
    video.addEventListener(
      'timeupdate',
      () => (video.dataset.updates = String(Number(video.dataset.updates ?? 0) + 1)),
    )
  })
  const counted = page.waitForResponse(
    async (answer) =>
      answer.url().endsWith('/graphql') && /"heartbeat":\{.*"creditedMs":[1-9]/.test(await answer.text()),
    { timeout: 40_000 },
  )
  await page
    .getByRole('button', { name: /^(从 .* 继续|播放)$/ })
    .first()
    .click()
  await expect.poll(now, { timeout: 20_000 }).toBeGreaterThan(0)
  const began = await now()
  await expect.poll(now, { timeout: 30_000 }).toBeGreaterThan(began + 6)
  expect(Number(await film.getAttribute('data-updates'))).toBeGreaterThan(4)
  await page.getByRole('button', { name: '暂停' }).click()
  const stopped = await now()
  await counted
  await expect.poll(() => percentOf(page, seen)).toBeGreaterThan(before)
  const after = await percentOf(page, seen)
  await page.waitForLoadState('networkidle')

  await page.reload()
  await expect(page.getByRole('progressbar', { name: seen })).toBeVisible()
  await expect.poll(() => percentOf(page, seen)).toBeGreaterThanOrEqual(after)
  const place = Number(await page.getByRole('slider', { name: '播放位置' }).inputValue()) / 1000
  expect(Math.abs(place - stopped), `stopped at ${stopped} s, came back at ${place} s`).toBeLessThan(2)
})

interface Lesson {
  id: string
  title: string
  progress?: { completed: boolean } | null
}
/** A reading that this student has not finished. */
async function openReading() {
  const { data } = await ask<{ courses: { nodes: { id: string; chapters: { lessons: Lesson[] }[] }[] } }>(
    'student',
    '{ courses(first: 5) { nodes { id chapters { lessons { __typename ... on ReadingLesson { id title progress { completed } } } } } } }',
  )
  for (const { id, chapters } of data?.courses.nodes ?? [])
    for (const lesson of chapters.flatMap(({ lessons }) => lessons))
      if (lesson.progress?.completed === false) return { course: id, title: lesson.title }
  throw new Error('every reading is finished')
}

test('reads: paragraphs on screen are counted', async ({ as }) => {
  const { course, title } = await openReading()
  const page = await as('student')
  await page.goto(`/courses/${course}`)
  await main(page).getByRole('link').filter({ hasText: title }).first().click()
  await expect(page.locator('[data-block]').first()).toBeVisible()
  const progress = '阅读进度'
  const before = await percentOf(page, progress)
  // A second run goes on where the first one stopped.
  await page.getByRole('button', { name: '回到未计入处' }).click()
  await expect.poll(() => percentOf(page, progress), { timeout: 60_000 }).toBeGreaterThan(before)
  await expect(page.locator('.counted').first()).toBeAttached()
})

test('sees in the ledger what each entry is for, and the hours and points so far', async ({ as }) => {
  const page = await as('student')
  await page.goto('/credits')
  await settled(page)
  const rows = main(page).getByRole('tabpanel').getByRole('listitem')
  expect(await rows.count()).toBeGreaterThanOrEqual(5)
  await expect(rows.filter({ hasText: /\+\d.*积分/ }).first()).toBeVisible()
  // Who, why, when, and the lesson that it came from.
  await expect(
    rows
      .filter({ hasText: /视频.*\d\d:\d\d/ })
      .first()
      .getByRole('link'),
  ).toHaveAttribute('href', /\/lessons\//)
  await page.getByRole('tab', { name: '学时' }).click()
  await settled(page)
  await expect(main(page).getByRole('tabpanel')).not.toContainText('积分 ')
  await expect(page.getByText('积分怎么来')).toBeVisible()
})

test('sees the literacy score part by part; what is not due says so and is no zero', async ({ as }) => {
  const page = await as('student')
  await page.goto('/growth')
  await settled(page)
  await expect(page.getByRole('img', { name: /政治素养评价 \d(\.\d+)? 分，满分 5 分/ })).toBeVisible()
  await expect(main(page).getByText('尚未安排', { exact: true })).toHaveCount(4)
  await main(page).getByText('集中培训出勤').first().click()
  await expect(
    main(page)
      .getByText(/必修|节/)
      .first(),
  ).toBeVisible()
})
