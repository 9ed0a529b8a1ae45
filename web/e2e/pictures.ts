// The pictures of the README from the demo school, at a fixed size and time of day: `npm run pictures`. With XIANFENG_PICTURES=all a few
// more go to test-results/, for looking at.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Account } from './client.ts'
import { settled, test, type Page } from './world.ts'

const folder = fileURLToPath(new URL('../pictures/', import.meta.url))
const more = fileURLToPath(new URL('../test-results/pictures/', import.meta.url))
const all = process.env.XIANFENG_PICTURES === 'all'

async function take(page: Page, path: string, file: string) {
  await page.goto(path)
  await settled(page)
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true })
  test('the home page of a student', async ({ as }) => {
    const page = await as('student')
    mkdirSync(folder, { recursive: true })
    await take(page, '/', `${folder}student-home.png`)
    if (!all) return
    for (const name of ['courses', 'search?q=党员', 'credits', 'growth', 'me'])
      await take(page, `/${name}`, `${more}phone-${name.replace(/\W.*/, '')}.png`)
    await page.goto('/courses')
    await page.getByRole('link', { name: /党章学习/ }).click()
    await settled(page)
    await page.screenshot({ path: `${more}phone-course.png` })
    for (const [name, title] of [
      ['reading', '读懂文件的字号与日期'],
      ['video', '党员的义务'],
    ] as const) {
      await page
        .getByRole('main')
        .getByRole('link')
        .filter({ hasText: title })
        .filter({ hasText: /字|视频/ })
        .first()
        .click()
      await settled(page)
      await page.screenshot({ path: `${more}phone-${name}.png` })
      await page.goBack()
    }
    await page.context().clearCookies()
    await take(page, '/sign-in', `${more}phone-sign-in.png`)
  })
})

test.describe('on a desk', () => {
  test.use({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 })
  test('the credit report of an admin', async ({ as }) => {
    await take(await as('admin'), '/console/reports/credits', `${folder}credit-report.png`)
    if (!all) return
    const wanted: [Account, string][] = [
      ['admin', ''],
      ['admin', 'reports/literacy'],
      ['admin', 'audit'],
      ['lecturer', ''],
      ['lecturer', 'courses'],
      ['lecturer', 'assets'],
    ]
    for (const [name, path] of wanted)
      await take(await as(name), `/console/${path}`, `${more}desk-${name}-${path.replace('/', '-')}.png`)
    for (const path of ['', 'credits', 'growth', 'courses'])
      await take(await as('student'), `/${path}`, `${more}desk-student-${path}.png`)
    const page = await as('lecturer')
    await page.goto('/console/courses')
    await page.getByRole('link', { name: /党章学习/ }).click()
    await settled(page)
    await page.screenshot({ path: `${more}desk-lecturer-course.png` })
  })
})
