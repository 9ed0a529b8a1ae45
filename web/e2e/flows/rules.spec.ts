// Rule packs as an admin reads them: in words, tried on one fact, run dry over a term. Nothing here changes what anybody earned.
import { expect, main, settled, test, type Page } from '../world.ts'

test.beforeEach(({}, info) => test.skip(info.project.name !== 'desktop', 'a page for desks'))

async function openPack(page: Page) {
  await page.goto('/console/rules')
  await settled(page)
  const inForce = main(page).getByRole('row').filter({ hasText: '使用中' })
  await expect(inForce).toHaveCount(1)
  await inForce.getByRole('link').click()
  await expect(page).toHaveURL(/\/console\/rules\/.+/)
  await settled(page)
}

test('a pack is read in words, with the basis of each number', async ({ as }) => {
  const page = await as('admin')
  await openPack(page)
  const rules = main(page).getByRole('region')
  expect(await rules.count()).toBeGreaterThan(1)
  await expect(rules.first()).toContainText(/[一-鿿]{6,}/)
  await expect(
    main(page)
      .getByText(/依据待学校核对|已核对/)
      .first(),
  ).toBeVisible()

  await page.getByRole('tab', { name: '源文件' }).click()
  await expect(main(page).getByRole('region', { name: /源文件/ })).toContainText('[[rules]]')
})

test('an admin confirms a basis under their name', async ({ as }) => {
  const page = await as('admin')
  await openPack(page)
  await main(page)
    .getByRole('button', { name: /^确认依据/ })
    .first()
    .click()
  const sheet = page.getByRole('dialog', { name: '确认依据' })
  await sheet.getByLabel(/^核对情况/).fill('浏览器测试对照')
  await sheet.getByRole('button', { name: '已对照，确认' }).click()
  await expect(main(page).getByText('浏览器测试对照')).toBeVisible()
})

test('one fact shows what it would earn', async ({ as }) => {
  const page = await as('admin')
  await openPack(page)
  await page.getByRole('tab', { name: '试算一条' }).click()
  await page.getByLabel('新看满的分钟数').fill('10')
  await page.getByRole('button', { name: '试算', exact: true }).click()
  const outcome = main(page).getByRole('region', { name: '会记什么' })
  await expect(outcome).toContainText(/\+[\d.]+ (积分|学时)|不会记/)
})

test('a pack with faults is not added, and each fault stands at its line', async ({ as }) => {
  const page = await as('admin')
  await page.goto('/console/rules')
  await settled(page)
  await page.getByRole('link', { name: '添加规则包' }).click()
  await page.getByLabel('规则包内容').fill('title = "没有版本号"\n\n[[rules]]\namount = { value = "五" }\n')
  await page.getByRole('button', { name: '检查并添加' }).click()
  await expect(page.getByRole('alert').first()).toContainText(/没有添加/)
  await expect(page.getByRole('region', { name: '有问题的行' }).locator('.wrong').first()).toBeVisible()
  await expect(page).toHaveURL(/\/rules\/add$/)
})

test('a dry run tells the difference, and activation says that old records stay', async ({ as }) => {
  const page = await as('admin')
  await page.goto('/console/rules')
  await settled(page)
  await main(page)
    .getByRole('row')
    .filter({ hasText: /随平台提供|草稿/ })
    .first()
    .getByRole('link')
    .click()
  await page.getByRole('tab', { name: '试运行' }).click()
  await page.getByRole('button', { name: '开始试运行' }).click()
  await expect(main(page).getByLabel('试运行结果')).toBeVisible({ timeout: 60_000 })
  await expect(main(page).getByRole('region', { name: '合计对比' })).toContainText(/现有.*重算/s)
  // The outcome has an address of its own.
  await page.reload()
  await expect(main(page).getByLabel('试运行结果')).toBeVisible()

  await page.getByRole('button', { name: /^启用/ }).click()
  const sheet = page.getByRole('dialog', { name: /启用/ })
  await expect(sheet).toContainText('旧记录保持不变')
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await expect(page.getByRole('button', { name: /^启用/ })).toBeFocused()
})

test('lecturers read the rules and change nothing', async ({ as }) => {
  const page = await as('lecturer')
  await openPack(page)
  await expect(page.getByRole('button', { name: /确认依据|启用/ })).toHaveCount(0)
  await expect(page.getByRole('tab', { name: '试运行' })).toHaveCount(0)
})
