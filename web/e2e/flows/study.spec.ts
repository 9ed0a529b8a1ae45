// Journeys of a student with a bad line, a question, and a doubt: nothing is lost, everything says why, and one can ask.
import type { Route } from '@playwright/test'
import { ask } from '../client.ts'
import { expect, main, settled, test, type Page } from '../world.ts'

interface Lesson {
  __typename: string
  id: string
  title: string
  progress?: { coverage: number; completed: boolean } | null
}
async function lessons(kind: 'VideoLesson' | 'ReadingLesson') {
  const { data } = await ask<{ courses: { nodes: { chapters: { lessons: Lesson[] }[] }[] } }>(
    'student',
    '{ courses(first: 10) { nodes { chapters { lessons { __typename id title progress { coverage completed } } } } } }',
  )
  const all = (data?.courses.nodes ?? []).flatMap(({ chapters }) => chapters.flatMap((one) => one.lessons))
  return all.filter(({ __typename }) => __typename === kind)
}
/** With room before its end, so that what is played there is new. */
async function openVideo() {
  const open = (await lessons('VideoLesson')).filter(({ progress }) => !progress?.completed)
  const found = open.sort((a, b) => (a.progress?.coverage ?? 0) - (b.progress?.coverage ?? 0))[0]
  if (!found) throw new Error('every video is finished')
  return found
}

const start = (page: Page) =>
  page
    .getByRole('button', { name: /^(从 .* 继续|播放)$/ })
    .first()
    .click()
const now = (page: Page) => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)
async function play(page: Page, id: string) {
  await page.goto(`/lessons/${id}`)
  await page.locator('video').evaluate((video: HTMLVideoElement) => (video.muted = true))
  await start(page)
  const began = await now(page)
  await expect.poll(() => now(page), { timeout: 30_000 }).toBeGreaterThan(began + 1)
}
const coverage = async (page: Page, title: string) =>
  Number(await page.getByRole('progressbar', { name: `${title}，已学` }).getAttribute('aria-valuenow'))
/** What this device still has to tell. */
const unsent = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const open = indexedDB.open('xianfeng-unsent')
        open.onerror = () => resolve(0)
        open.onsuccess = () => {
          if (!open.result.objectStoreNames.contains('beats')) return resolve(0)
          const count = open.result.transaction('beats').objectStore('beats').count()
          count.onsuccess = () => resolve(count.result)
        }
      }),
  )
const noLine = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|net::ERR/

test('the seek bar shows what is where the pointer stands', async ({ as }) => {
  const { id } = await openVideo()
  const page = await as('student')
  await page.goto(`/lessons/${id}`)
  await settled(page)
  const bar = page.getByRole('slider', { name: '播放位置' })
  const sheet = page.waitForResponse((answer) => answer.url().endsWith('/storyboard-001.jpg'))
  const box = (await bar.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  expect((await sheet).status()).toBe(200)
  await expect(page.locator('.preview i')).toBeVisible()
  await page.mouse.move(box.x, box.y - 200)
  await expect(page.locator('.preview')).toHaveCount(0)
})

test('on a train the sound alone goes on where the picture was', async ({ as }) => {
  const { id } = await openVideo()
  const page = await as('student')
  await play(page, id)
  const before = await now(page)
  const piece = page.waitForResponse((answer) => answer.url().includes('/audio/seg-'))
  await page.getByRole('button', { name: '只听声音（省流量）' }).click()
  expect((await piece).status()).toBe(200)
  await expect.poll(() => now(page), { timeout: 30_000 }).toBeGreaterThan(before + 1)
  await page.getByRole('button', { name: '只听声音（省流量）' }).click()
  await expect.poll(() => now(page), { timeout: 30_000 }).toBeGreaterThan(before + 3)
})

test('a line that goes: what is played is recorded, said, and counted when it is back', async ({
  as,
  allow,
}) => {
  allow(noLine)
  const { id, title } = await openVideo()
  const page = await as('student')
  await play(page, id)
  const before = await coverage(page, title)
  await page.context().setOffline(true)
  await expect(page.getByText(/离线中：已记录 .+，恢复网络后计入/)).toBeVisible({ timeout: 30_000 })
  expect(await unsent(page)).toBe(1)
  await page.context().setOffline(false)
  await expect(page.getByText(/离线中/).filter({ visible: true })).toHaveCount(0, { timeout: 30_000 })
  await page.getByRole('button', { name: '暂停' }).click()
  await expect.poll(() => unsent(page), { timeout: 20_000 }).toBe(0)
  expect(await coverage(page, title)).toBeGreaterThanOrEqual(before)
})

test('a page that is closed without a line: the next one tells what it played', async ({ as, allow }) => {
  allow(noLine)
  const { id } = await openVideo()
  const page = await as('student')
  await play(page, id)
  await page.context().setOffline(true)
  await expect(page.getByText(/离线中：已记录/)).toBeVisible({ timeout: 30_000 })
  const next = await page.context().newPage()
  await page.close()
  await next.context().setOffline(false)
  const told = next.waitForResponse(
    async (answer) => answer.url().endsWith('/graphql') && /"heartbeat":\{/.test(await answer.text()),
  )
  await next.goto('/')
  await told
  await expect.poll(() => unsent(next), { timeout: 20_000 }).toBe(0)
})

test('two devices: the older one says so, and can take over again', async ({ as }) => {
  const { id } = await openVideo()
  const page = await as('student')
  await play(page, id)
  await ask('student', 'mutation Other($id: ID!) { openStudy(lessonId: $id) { id } }', { id })
  const lost = page.getByRole('alert').filter({ hasText: '已在另一台设备继续学习' })
  await expect(lost).toBeVisible({ timeout: 40_000 })
  await lost.getByRole('button', { name: '在这里继续' }).click()
  await expect(lost).toHaveCount(0)
  await expect
    .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => !video.paused))
    .toBe(true)
})

interface Body {
  data?: Record<string, Record<string, unknown> | null>
}
/** Lets the server answer, and adds what only chance would bring. */
async function answers(page: Page, change: (operation: string, body: Body) => Body) {
  await page.route('**/graphql', async (route: Route) => {
    const operation = /(?:query|mutation) (\w+)/.exec(route.request().postData() ?? '')?.[1] ?? ''
    if (operation === 'AnswerCheck' || operation === 'ExtendCheck')
      return route.fulfill({ json: change(operation, {}) })
    const response = await route.fetch()
    await route.fulfill({ response, json: change(operation, (await response.json()) as Body) })
  })
}
const question = {
  __typename: 'Check',
  id: 'chk_e2e',
  prompt: '刚才讲到的预备期是多长时间？',
  deadlineMs: 100_000,
  start: 0,
  end: 4000,
  options: [
    { __typename: 'CheckOption', key: 'a', text: '半年' },
    { __typename: 'CheckOption', key: 'b', text: '一年' },
  ],
}

test('a question over the player: more time, a wrong answer leads back, a right one counts', async ({
  as,
}) => {
  const { id } = await openVideo()
  const page = await as('student')
  let round = 0
  let right = false
  await answers(page, (operation, body) => {
    if (operation === 'ExtendCheck')
      return { data: { extendCheck: { __typename: 'CheckExtension', deadlineMs: 240_000 } } }
    if (operation === 'AnswerCheck') {
      round++
      const answer = { passed: right, releasedMs: right ? 252_000 : 0, againFrom: right ? null : 1000 }
      return { data: { answerCheck: { __typename: 'CheckAnswer', ...answer } } }
    }
    const beat = body.data?.heartbeat
    if (beat && round < 2) beat.check = { ...question, id: `chk_${round}` }
    return body
  })
  await play(page, id)
  await page.getByRole('button', { name: '暂停' }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByRole('group', { name: question.prompt })).toBeVisible()
  await expect(sheet.getByText('还有大约 2 分钟')).toBeVisible()
  await sheet.getByRole('button', { name: '需要更多时间' }).click()
  await expect(sheet.getByText('还有大约 4 分钟')).toBeVisible()
  await sheet.getByRole('radio', { name: '半年' }).check()
  await sheet.getByRole('button', { name: '提交' }).click()
  await expect(sheet.getByText('再看一遍这一段，稍后换一道题。')).toBeVisible()
  right = true
  await sheet.getByRole('button', { name: '从 0:01 再看' }).click()
  await expect.poll(() => now(page)).toBeLessThan(6)
  await page.getByRole('button', { name: '暂停' }).click()
  await sheet.getByRole('radio', { name: '一年' }).check()
  await sheet.getByRole('button', { name: '提交' }).click()
  await expect(sheet.getByText('已计入 4 分 12 秒')).toBeVisible()
  await sheet.getByRole('button', { name: '继续学习' }).click()
  await expect(sheet).toHaveCount(0)
})

test('the watch map says what counts, what does not and why; a doubt becomes a request', async ({ as }) => {
  const { id, title } = await openVideo()
  const page = await as('student')
  await answers(page, (operation, body) => {
    const study = body.data?.openStudy as
      { covered: object[]; lesson?: { watchMap?: object | null } } | undefined
    if (operation !== 'OpenStudy' || !study?.lesson) return body
    study.covered = []
    study.lesson.watchMap = {
      __typename: 'WatchMap',
      end: 60_000,
      covered: [{ __typename: 'Span', start: 0, end: 2000 }],
      pending: [{ __typename: 'Span', start: 2000, end: 4000 }],
      refused: [{ __typename: 'RefusedSpan', start: 4000, end: 7000, reason: 'NOT_SERVED' }],
    }
    return body
  })
  await page.goto(`/lessons/${id}`)
  const map = page.getByRole('region', { name: '哪些已经计入' })
  await expect(map.getByRole('list', { name: '逐段的计入情况' })).toContainText('0:04–0:07 未计入')
  await map.getByText('为什么没有计入（2 处）').click()
  await expect(map.getByText('服务器没有这一段的发送记录')).toBeVisible()
  await expect(map.getByRole('button', { name: '再看 0:04–0:07' })).toBeVisible()
  await map.getByRole('link', { name: '申请复核' }).last().click()
  const about = page.getByRole('region', { name: '复核什么' })
  await expect(about).toContainText(title)
  await expect(about).toContainText('0:04–0:07')
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page.getByText('请至少写 5 个字。')).toBeVisible()
})

test('an entry explains itself; a review is asked for, stands in the list, and can be withdrawn', async ({
  as,
}) => {
  const page = await as('student')
  await page.goto('/credits')
  await settled(page)
  await page
    .getByRole('button', { name: /：查看依据$/ })
    .first()
    .click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByText('按哪条规则')).toBeVisible()
  await expect(sheet).toContainText(/已封存|待封存/)
  await sheet.getByRole('button', { name: '申请复核' }).click()
  await page.getByLabel('情况说明').fill('请核对这条记录的时间和数量是否正确。')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '提交申请' }).click()
  const card = main(page).getByRole('listitem').filter({ hasText: '请核对这条记录的时间和数量' }).first()
  await expect(card.getByText('等待处理')).toBeVisible()
  await card.getByRole('button', { name: '撤回申请' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '撤回申请' }).click()
  await expect(card.getByText('已撤回')).toBeVisible()
})

test('a reading kept on the device opens without a line, and says that it earns nothing', async ({
  as,
  allow,
}) => {
  allow(noLine)
  const reading = (await lessons('ReadingLesson'))[0]
  if (!reading) throw new Error('no reading')
  const page = await as('student')
  await page.goto(`/lessons/${reading.id}`)
  await page.getByRole('button', { name: '离线阅读' }).click()
  await expect(page.getByRole('dialog')).toContainText('离线阅读不计入学习记录，也没有积分和学时')
  await page.getByRole('button', { name: '存到本机' }).click()
  await expect(page.getByRole('button', { name: '离线阅读（已存到本机）' })).toBeVisible()
  // The shell is there once the worker has taken the page.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  await page.reload()
  await expect(page.locator('[data-block]').first()).toBeVisible()
  await page.context().setOffline(true)
  await page.goto('/')
  await page.getByRole('link', { name: '看离线文章' }).click()
  await main(page).getByRole('link', { name: reading.title }).click()
  await expect(page.getByText('离线阅读，不计入学习记录。')).toBeVisible()
  await expect(page.locator('[data-block]').first()).toBeVisible()
  await page.context().setOffline(false)
  await page.goto('/saved')
  await page.getByRole('button', { name: `从本机删除：${reading.title}` }).click()
  await expect(main(page).getByText('还没有存到本机的文章')).toBeVisible()
})

test('play: tasks, a goal of one’s own, and the board only for who joins', async ({ as }) => {
  const page = await as('student')
  await page.goto('/growth')
  await main(page)
    .getByRole('link', { name: /学习节奏/ })
    .click()
  await settled(page)
  await expect(page.getByText('示例，正式环境默认关闭')).toBeVisible()
  await expect(page.getByRole('region', { name: '任务' })).toBeVisible()
  // A second run begins where the first one ended.
  const days = (await page.getByRole('radio', { name: '每周 5 天' }).isChecked()) ? 3 : 5
  await page.getByRole('radio', { name: `每周 ${days} 天` }).check()
  await expect(page.getByText(`下周起每周 ${days} 天`)).toBeVisible()
  const people = page.getByRole('region', { name: '个人榜' })
  await expect(people).toContainText('只显示相邻名次')
  await people.getByRole('button', { name: '参加' }).click()
  await page.getByLabel('昵称').fill('晨读的人')
  await page.getByRole('button', { name: '确定' }).click()
  await expect(people.getByRole('button', { name: '退出' })).toBeVisible()
  await people.getByRole('button', { name: '退出' }).click()
  await expect(people.getByRole('button', { name: '参加' })).toBeVisible()
})
