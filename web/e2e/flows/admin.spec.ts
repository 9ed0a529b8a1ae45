// Journey 4: an admin sees exactly the units in their charge, filters, sorts, takes the report along; the log knows it.
import { readFileSync } from 'node:fs'
import { expect, main, settled, test, type Page } from '../world.ts'

const people = async (page: Page) => {
  const figure = await main(page)
    .getByLabel('关键指标')
    .getByText('学员数')
    .locator('xpath=../..')
    .innerText()
  return Number(/(\d+)\s*人/.exec(figure.replace(/[,\s]/g, ''))?.[1])
}
const rows = (page: Page) => main(page).getByRole('table').first().locator('tbody tr')

async function report(page: Page) {
  await page.goto('/console/reports/credits')
  await expect(rows(page).first()).toBeVisible()
  await settled(page)
}

async function sortByPoints(page: Page) {
  const heading = main(page).getByRole('columnheader', { name: '积分' })
  await heading.getByRole('button').click()
  await expect(heading).toHaveAttribute('aria-sort', 'descending')
  await settled(page)
  await inOrder(page)
}
/** A phone has no headings to press, but the same orders. */
async function chooseOrder(page: Page) {
  await main(page).getByLabel('排序').selectOption('积分（降序）')
  await settled(page)
  await inOrder(page)
}
async function inOrder(page: Page) {
  const points = (await rows(page).locator('td[data-label=积分] b').allInnerTexts()).map((text) =>
    Number(text.replace(/,/g, '')),
  )
  expect(points).toEqual([...points].sort((a, b) => b - a))
  expect(points[0]).toBeGreaterThan(0)
}

test('the credit report has the whole school for the admin, one college for its secretary', async ({
  as,
}) => {
  const admin = await as('admin')
  await report(admin)
  expect(await people(admin)).toBeGreaterThanOrEqual(40)
  const secretary = await as('secretary')
  await report(secretary)
  const few = await people(secretary)
  expect(few).toBeGreaterThan(0)
  expect(few).toBeLessThan(await people(admin))
})

test('it filters by name and stage, goes from page to page, and sorts', async ({ as }, info) => {
  const page = await as('admin')
  await report(page)
  await (info.project.name === 'desktop' ? sortByPoints : chooseOrder)(page)

  const first = await rows(page).first().getByRole('rowheader').innerText()
  await page.getByRole('button', { name: '下一页' }).click()
  await expect(rows(page).first().getByRole('rowheader')).not.toHaveText(first)

  const number = /\d{6,}/.exec(first)?.[0] ?? first
  await page.getByRole('searchbox', { name: '姓名或学号' }).fill(number)
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page).first()).toContainText(number)
  await page.getByRole('button', { name: '清除筛选' }).click()
  await expect.poll(() => rows(page).count()).toBeGreaterThan(1)

  const stages = page.getByRole('combobox', { name: '阶段' })
  await page.locator('.el-select').filter({ has: stages }).click()
  await page.getByRole('option', { name: '发展对象' }).click()
  await settled(page)
  for (const stage of await rows(page).locator('td[data-label=阶段]').allInnerTexts())
    expect(stage).toBe('发展对象')
})

for (const [name, path, button] of [
  ['credit report', '/console/reports/credits', '导出报表'],
  ['literacy report', '/console/reports/literacy', '导出评价'],
] as const)
  test(`the ${name} comes as a spreadsheet`, async ({ as }) => {
    const page = await as('admin')
    await page.goto(path)
    await settled(page)
    await page.getByRole('button', { name: button }).click()
    const sheet = page.getByRole('dialog', { name: button })
    await sheet.getByRole('button', { name: '生成文件' }).click()
    const link = sheet.getByRole('link', { name: '下载文件' })
    await expect(link).toBeVisible({ timeout: 30_000 })
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
    expect(
      readFileSync(await download.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
  })

test('the literacy report gives the reason for each part', async ({ as }) => {
  const page = await as('admin')
  await page.goto('/console/reports/literacy')
  await expect(rows(page).first()).toBeVisible()
  await settled(page)
  await expect(rows(page).first().getByText('尚未安排')).toHaveCount(4)
  await rows(page)
    .first()
    .getByRole('button', { name: /查看.*评价依据/ })
    .click()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByRole('heading', { name: '集中培训出勤' })).toBeVisible()
  await expect(drawer.getByText('权重')).toHaveCount(5)
})

test('what was read and taken along stands in the audit log', async ({ as }) => {
  const page = await as('admin')
  await report(page)
  await page.goto('/console/audit')
  await expect(rows(page).first()).toBeVisible()
  await settled(page)
  await expect(rows(page).filter({ hasText: '查看学分报表' }).first()).toBeVisible()
})
