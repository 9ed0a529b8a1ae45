// Questions on what was just shown, with the real server: answered otherwise, missed, left open over a reload. The stretch is shown again,
// another question comes, and a right answer counts what waited. When a question comes is chance over many minutes, so this server has a
// clock that the test moves (`cargo build -p api --features test-clock --bin xianfeng-test-clock`, as `make suites` does).
import { spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { violations } from '../axe.ts'
import { post, signIn } from '../client.ts'
import { address, serve, stop } from '../server.ts'
import { expect, settled, test, type Page } from '../world.ts'

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../../target', import.meta.url))
const clocked = process.env.XIANFENG_CLOCK_BINARY ?? join(target, 'debug/xianfeng-test-clock')
/** The demo school has lived up to the evening before. */
const morning = String(Date.parse('2026-11-21T08:00:00+08:00'))
const MINUTE = 60_000
/** At most so long a video is shown without a question. */
const LONG = 600_000

let server: ChildProcess | null = null
let url = ''
let data = ''
const cookies = { lecturer: '', s2: '' }
type Who = keyof typeof cookies

test.beforeAll(async ({}, info) => {
  // `make test`, which has made the school, has built it before.
  const whole = process.env.XIANFENG_SCHOOL !== undefined
  test.skip(!whole && !existsSync(clocked), 'no program with a clock that a test can move')
  const folder = process.env.XIANFENG_FOLDER ?? ''
  data = join(folder, `questions-${info.project.name}`)
  cpSync(join(folder, 'untouched'), data, { recursive: true })
  server = serve(data, { XIANFENG_TEST_CLOCK: morning }, undefined, clocked)
  url = await address(server)
})
// Anew for each: the clock that a journey moves lets sessions expire.
test.beforeEach(async () => {
  for (const who of ['lecturer', 's2'] as const) cookies[who] = await signIn(who, url)
})
test.afterAll(async () => {
  if (server) await stop(server)
  rmSync(data, { recursive: true, force: true })
})

async function ask<Data>(who: Who, query: string, variables: object = {}): Promise<Data> {
  const told = (await (await post(cookies[who], query, variables, url)).json()) as { data?: Data }
  if (!told.data || Object.values(told.data).includes(null)) throw new Error(JSON.stringify(told))
  return told.data
}
async function pass(advanceMs: number) {
  const body = JSON.stringify({ advanceMs })
  const told = await fetch(`${url}/test-clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(told.status).toBe(200)
}

async function chapter(title: string): Promise<{ course: string; chapter: string }> {
  const { createCourse } = await ask<{ createCourse: { course: { id: string } } }>(
    'lecturer',
    'mutation($t: String!) { createCourse(input: { title: $t }) { course { id } } }',
    { t: title },
  )
  const course = createCourse.course.id
  const { addChapter } = await ask<{ addChapter: { chapter: { id: string } } }>(
    'lecturer',
    'mutation($i: ID!) { addChapter(courseId: $i, title: "第一章") { chapter { id } } }',
    { i: course },
  )
  return { course, chapter: addChapter.chapter.id }
}
/** Two questions on one stretch; the right answer is always the same. */
async function questions(lesson: string, start: number, end: number) {
  const add =
    'mutation($l: ID!, $q: QuestionInput!) { addQuestion(lessonId: $l, input: $q) { lesson { id } } }'
  for (const prompt of ['刚才讲到哪一条？', '这一段的要点是什么？'])
    await ask('lecturer', add, {
      l: lesson,
      q: { start, end, prompt, options: ['是这一条', '是另一条'], right: 0 },
    })
}
const publish = (id: string) =>
  ask('lecturer', 'mutation($i: ID!) { publishCourse(id: $i) { course { id } } }', { i: id })
interface Seen {
  course: { chapters: { lessons: { id: string; watchMap: { pending: object[] } | null }[] }[] }
}
/** Of the one lesson of the course, what waits. */
async function pendingOf(course: string) {
  const query =
    'query($i: ID!) { course(id: $i) { chapters { lessons { id watchMap { pending { start } } } } } }'
  const told = await ask<Seen>('s2', query, { i: course })
  return told.course.chapters[0]?.lessons[0]?.watchMap?.pending.length
}

async function student(page: Page) {
  await page.context().addCookies([{ name: 'xianfeng', value: cookies.s2, url, httpOnly: true }])
}
const sheet = (page: Page) => page.getByRole('dialog')
async function reply(page: Page, right: boolean) {
  await expect(sheet(page).getByRole('group')).toBeVisible({ timeout: 60_000 })
  await expect(sheet(page).getByRole('radio').first()).toBeFocused()
  expect(await violations(page)).toEqual([])
  await sheet(page)
    .getByRole('radio', { name: right ? '是这一条' : '是另一条' })
    .check()
  await sheet(page).getByRole('button', { name: '提交' }).click()
}

interface Opened {
  openStudy: { id: string; material: { playlistUrl?: string } }
}
const open = async (lesson: string) =>
  (
    await ask<Opened>(
      's2',
      'mutation($i: ID!) { openStudy(lessonId: $i) { id material { ... on VideoMaterial { playlistUrl } ... on ReadingMaterial { html } } } }',
      { i: lesson },
    )
  ).openStudy
async function beat(study: string, seq: number, start: number, end: number): Promise<number> {
  const input = { studyId: study, seq, spans: [{ start, end }], rate: 1, visible: true }
  const { heartbeat } = await ask<{ heartbeat: { creditedMs: number } }>(
    's2',
    'mutation($i: HeartbeatInput!) { heartbeat(input: $i) { creditedMs } }',
    { i: input },
  )
  return heartbeat.creditedMs
}

/** Puts the question aside, goes on, and lets its time pass; then the page leads back, and the right answer counts what waited. */
async function missAndMend(
  page: Page,
  course: string,
  place: RegExp,
  back: string,
  goOn: () => Promise<void>,
) {
  await expect(sheet(page).getByRole('group')).toBeVisible({ timeout: 60_000 })
  await sheet(page).getByRole('button', { name: '稍后回答' }).click()
  await goOn()
  await expect(page.getByText(place).first()).toBeVisible({ timeout: 60_000 })
  expect(await violations(page)).toEqual([])
  expect(await pendingOf(course)).toBeGreaterThan(0)
  await page.getByRole('button', { name: back, exact: true }).click()
  await pass(MINUTE)
  await reply(page, true)
  await expect(sheet(page).getByText(/^已计入 /)).toBeVisible()
  await sheet(page).getByRole('button', { name: '继续学习' }).click()
  await expect(sheet(page)).toHaveCount(0)
  expect(await pendingOf(course)).toBe(0)
}

test('a reading: the stretch is read again, another question comes, and what waited counts', async ({
  page,
}, info) => {
  test.setTimeout(240_000)
  // Long blocks, behind which chance has a question due; then the page that it is about; then a long one that waits for the answer.
  const many = 24
  const [long, short] = ['学'.repeat(2900), '学党章。'.repeat(6)]
  const body = [...Array.from({ length: many }, () => long), short, short, long].join('\n\n')
  const made = await chapter(`随堂题 ${info.project.name}`)
  const { addReadingLesson } = await ask<{ addReadingLesson: { lesson: { id: string } } }>(
    'lecturer',
    'mutation($c: ID!, $b: String!) { addReadingLesson(chapterId: $c, input: { title: "带题的一篇", body: $b }) { lesson { id } } }',
    { c: made.chapter, b: body },
  )
  const lesson = addReadingLesson.lesson.id
  await questions(lesson, many, many + 2)
  await publish(made.course)
  const study = await open(lesson)
  for (let block = 0, seq = 1; block < many; block += 2, seq++) {
    await pass(10 * MINUTE - 1000)
    expect(await beat(study.id, seq, block, block + 2)).toBe(2 * 290_000)
  }

  await student(page)
  await page.goto(`${url}/lessons/${lesson}?block=${many}`)
  await settled(page)
  await pass(MINUTE)
  await reply(page, false)
  await expect(sheet(page).getByText('再看一遍这一段，稍后换一道题。')).toBeVisible()
  // Loaded anew, the way is still told.
  await page.reload()
  await expect(sheet(page).getByText(/上次的随堂题还没有答完/)).toBeVisible()
  await expect(sheet(page).getByRole('status')).toBeFocused()
  await pass(MINUTE)
  const back = `从第 ${many + 1} 段再看`
  await sheet(page).getByRole('button', { name: back }).click()
  await expect(page.locator(`[data-block="${many}"]`)).toBeFocused()
  await missAndMend(page, made.course, new RegExp(`先再看 第 ${many + 1}–${many + 2} 段`), back, async () => {
    await page
      .locator(`[data-block="${many + 2}"]`)
      .evaluate((block) => block.scrollIntoView({ block: 'center' }))
    await pass(9 * MINUTE)
  })
})

/** Long enough that a question is due for certain. */
function film(name: string): string {
  const path = join(data, name)
  const picture = ['-f', 'lavfi', '-i', 'color=c=navy:size=320x180:rate=5:duration=660']
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:duration=660']
  const form = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest']
  const done = spawnSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...form, path])
  expect(done.status).toBe(0)
  return path
}
/** Has the whole video handed over to the study: what was not served does not count. */
async function fetchAll(playlist: string) {
  const lines = async (from: string) =>
    (await (await fetch(from)).text()).split('\n').filter((line) => line && !line.startsWith('#'))
  const master = new URL(playlist, url).href
  const variant = new URL((await lines(master))[0] ?? '', master).href
  for (const piece of await lines(variant)) await (await fetch(new URL(piece, variant))).arrayBuffer()
}

test('a video: the stretch is played again, another question comes, and what waited counts', async ({
  page,
  browser,
}, info) => {
  test.skip(info.project.name !== 'desktop', 'eleven minutes are converted once')
  test.setTimeout(400_000)
  const made = await chapter('随堂题 视频')
  const context = await browser.newContext()
  await context.addCookies([{ name: 'xianfeng', value: cookies.lecturer, url, httpOnly: true }])
  const desk = await context.newPage()
  await desk.goto(`${url}/console/courses/${made.course}`)
  await settled(desk)
  await desk.getByRole('button', { name: '添加视频' }).click()
  await desk.locator('input[type=file][accept*=video]').setInputFiles(film('十一分钟.mp4'))
  await expect(desk.getByText('可使用', { exact: true })).toBeVisible({ timeout: 180_000 })
  await desk.getByLabel(/^标题/).first().fill('带题的视频')
  await desk.getByRole('button', { name: '加入目录' }).click()
  await expect(desk.getByRole('button', { name: /带题的视频/ })).toBeVisible()
  await context.close()
  const query =
    'query($i: ID!) { course(id: $i) { chapters { lessons { id watchMap { pending { start } } } } } }'
  const lesson =
    (await ask<Seen>('lecturer', query, { i: made.course })).course.chapters[0]?.lessons[0]?.id ?? ''
  await questions(lesson, LONG, LONG + 6000)
  await publish(made.course)
  const study = await open(lesson)
  await fetchAll(study.material.playlistUrl ?? '')
  await pass(9 * MINUTE)
  expect(await beat(study.id, 1, 0, LONG)).toBe(LONG)

  await student(page)
  await page.goto(`${url}/lessons/${lesson}?t=${LONG}`)
  await page.locator('video').evaluate((video: HTMLVideoElement) => (video.muted = true))
  await pass(MINUTE)
  const play = () =>
    page
      .getByRole('button', { name: /^(从 .* 继续|播放)$/ })
      .first()
      .click()
  await play()
  await reply(page, false)
  const back = '从 10:00 再看'
  await sheet(page).getByRole('button', { name: back }).click()
  await missAndMend(page, made.course, /先再看 10:00–10:06/, back, async () => {
    await play()
    await pass(5 * MINUTE)
  })
})
