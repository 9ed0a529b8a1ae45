// axe on every route of both apps: WCAG 2.2 AA and good practice, nothing excepted.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { ask, type Account } from './client.ts'
import { expect, main, settled, test, type Page } from './world.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

async function check(page: Page, name: string) {
  await settled(page)
  // evaluate is not bound by the page's content security policy, a script element would be.
  await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResults, string[]>(
    (values) =>
      (window as unknown as { axe: typeof import('axe-core') }).axe.run({ runOnly: { type: 'tag', values } }),
    tags,
  )
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.slice(0, 4).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`),
  }))
  expect.soft(told, name).toEqual([])
}

interface Course {
  id: string
  chapters: { lessons: { id: string; __typename: string }[] }[]
}
async function someCourse(who: Account) {
  const { data } = await ask<{ courses: { nodes: Course[] } }>(
    who,
    '{ courses(first: 5) { nodes { id chapters { lessons { id __typename } } } } }',
  )
  const lessons = (data?.courses.nodes ?? []).flatMap(({ chapters }) =>
    chapters.flatMap((chapter) => chapter.lessons),
  )
  const first = (kind: string) => lessons.find(({ __typename }) => __typename === kind)?.id ?? ''
  return {
    course: data?.courses.nodes[0]?.id ?? '',
    video: first('VideoLesson'),
    reading: first('ReadingLesson'),
  }
}

test('both doors', async ({ page }) => {
  for (const path of ['/sign-in', '/console/sign-in']) {
    await page.goto(path)
    await check(page, path)
  }
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await check(page, 'an empty form refused')
})

test('the student app', async ({ as }) => {
  const page = await as('s2')
  const { course, video, reading } = await someCourse('s2')
  const plain = [
    '/',
    '/courses',
    '/courses?kind=required',
    '/search',
    '/credits',
    '/credits/appeals',
    '/credits/appeals/new',
    '/growth',
    '/growth/play',
    '/saved',
    '/me',
    '/password',
    '/lost',
  ]
  const asked = [
    '/courses?q=qqqq',
    `/courses/${course}`,
    '/search?q=党员',
    '/search?q=qqqq',
    `/lessons/${reading}`,
    `/lessons/${video}`,
  ]
  for (const path of [...plain, ...asked]) {
    await page.goto(path)
    await check(page, path)
  }
  await page.goto('/console/no-entry')
  await check(page, '/console/no-entry')
  await page.goto(`/lessons/${reading}`)
  await settled(page)
  await page.getByRole('button', { name: /^离线阅读/ }).click()
  await check(page, 'the sheet for keeping a reading')
})

test('the ledger of a student, one entry explained', async ({ as }) => {
  const page = await as('student')
  await page.goto('/credits')
  await settled(page)
  await page
    .getByRole('button', { name: /：查看依据$/ })
    .first()
    .click()
  await check(page, 'the sheet of an entry')
  await page.getByRole('dialog').getByRole('button', { name: '申请复核' }).click()
  await page.getByRole('button', { name: '下一步' }).click()
  await check(page, 'a request without a reason')
})

test('the console of an admin', async ({ as }) => {
  const page = await as('admin')
  const paths = [
    '',
    'courses',
    'assets',
    'reports/credits',
    'reports/literacy',
    'audit',
    'password',
    'not-allowed',
    'lost',
  ]
  for (const path of paths) {
    await page.goto(`/console/${path}`)
    await check(page, `/console/${path}`)
  }
  await page.goto('/console/reports/credits')
  await settled(page)
  await page.getByRole('button', { name: '导出报表' }).click()
  await check(page, 'the sheet of an export')
  await page.goto('/console/reports/literacy')
  await settled(page)
  await page
    .getByRole('button', { name: /查看.*评价依据/ })
    .first()
    .click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await check(page, 'the evidence of one person')
})

test('rules, records and play of an admin', async ({ as }) => {
  const page = await as('admin')
  for (const path of [
    'appeals',
    'adjustments',
    'waiting',
    'study-flags',
    'rules',
    'rules/add',
    'play',
    'ledger',
    'objects',
  ]) {
    await page.goto(`/console/${path}`)
    await check(page, `/console/${path}`)
  }
})

test('rules, corrections and play, with their sheets open', async ({ as }) => {
  const page = await as('admin')
  await page.goto('/console/rules')
  await settled(page)
  await main(page).getByRole('table').getByRole('link').first().click()
  await check(page, 'one rule pack')
  for (const tab of ['试算一条', '试运行', '源文件']) {
    await page.getByRole('tab', { name: tab }).click()
    await check(page, `a rule pack, ${tab}`)
  }
  for (const [path, button] of [
    ['adjustments', '提出更正'],
    ['play', '添加日期'],
    ['play', '添加目标'],
  ] as const) {
    await page.goto(`/console/${path}`)
    await settled(page)
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await check(page, `${path}, ${button}`)
  }
})

test('the console of a lecturer', async ({ as }) => {
  const page = await as('lecturer')
  await page.goto('/console/')
  await check(page, '/console/ of a lecturer')
  await page.goto('/console/courses')
  await settled(page)
  await page.getByRole('button', { name: '新建课程' }).first().click()
  await check(page, 'a new course')
  const { course } = await someCourse('lecturer')
  await page.goto(`/console/courses/${course}`)
  await check(page, 'a course')
  await page.getByRole('button', { name: '添加视频' }).first().click()
  await check(page, 'a course, adding a video')
  await page.getByRole('button', { name: '添加阅读' }).first().click()
  await check(page, 'a course, adding a reading')
  await main(page)
    .getByRole('button', { name: /视频 · / })
    .first()
    .click()
  await check(page, 'a course, one video lesson')
  const add = main(page).getByRole('button', { name: '添加题目' })
  if ((await add.count()) === 0) return
  await add.click()
  await check(page, 'a course, writing a question')
})

/** A course of the lecturer's that waits for a review; answers its submission. */
async function waiting(): Promise<string> {
  await ask('admin', 'mutation { setReviewPolicy(policy: ONE) }')
  const made = await ask<{ createCourse: { course: { id: string } } }>(
    'lecturer',
    'mutation { createCourse(input: { title: "无障碍测试" }) { course { id } } }',
  )
  const id = made.data?.createCourse.course.id ?? ''
  const chapter = await ask<{ addChapter: { chapter: { id: string } } }>(
    'lecturer',
    'mutation($id: ID!) { addChapter(courseId: $id, title: "第一章") { chapter { id } } }',
    { id },
  )
  await ask(
    'lecturer',
    'mutation($id: ID!) { addReadingLesson(chapterId: $id, input: { title: "导读", body: "学习党章。" }) { lesson { id } } }',
    { id: chapter.data?.addChapter.chapter.id },
  )
  await ask('lecturer', 'mutation($id: ID!) { publishCourse(id: $id) { course { id } } }', { id })
  const found = await ask<{ course: { submission: { id: string } } }>(
    'lecturer',
    'query($id: ID!) { course(id: $id) { submission { id } } }',
    { id },
  )
  return found.data?.course.submission.id ?? ''
}

test('reviews, versions and the library', async ({ as }) => {
  const page = await as('admin')
  const submission = await waiting()
  const { course } = await someCourse('lecturer')
  try {
    for (const path of ['reviews', `courses/${course}/versions`, `courses/${course}/versions/1`, 'library']) {
      await page.goto(`/console/${path}`)
      await check(page, `/console/${path}`)
    }
    await main(page).getByRole('button', { name: /\.mp4/ }).first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await check(page, 'one file of the library')
    await page.goto(`/console/reviews/${submission}`)
    await check(page, 'one review')
    for (const tab of ['正文与题目', '字幕', '视频']) {
      await page.getByRole('tab', { name: new RegExp(tab) }).click()
      await check(page, `one review, ${tab}`)
    }
    await page.goto(`/console/courses/${course}/versions/1`)
    await settled(page)
    for (const tab of ['字幕', '视频']) {
      await page.getByRole('tab', { name: new RegExp(tab) }).click()
      await check(page, `one version, ${tab}`)
    }
  } finally {
    await ask('admin', 'mutation { setReviewPolicy(policy: NONE) }')
  }
})
