// Who may come in, and what is said to who may not.
import { enter, expect, main, settled, test } from '../world.ts'

test('a wrong password is told in a sentence, and the place that was asked for is kept', async ({ page }) => {
  await enter(page, '/credits', 's3', 'not-the-password')
  await expect(page.getByRole('alert')).toContainText(/[一-鿿]+.*。/)
  await page.getByLabel('密码', { exact: false }).and(page.locator('input')).fill('demo-xianfeng')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: '学分' })).toBeVisible()
})

test('a student signs out, and the pages are closed again', async ({ page }) => {
  await enter(page, '/', 's4')
  await expect(page.getByRole('heading', { name: '继续学习' })).toBeAttached()
  await page.goto('/me')
  await settled(page)
  await page.getByRole('button', { name: '退出登录' }).click()
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible()
  await page.goto('/credits')
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible()
})

test('a student in front of the console is told so', async ({ as }) => {
  const page = await as('s2')
  for (const path of ['/console/', '/console/audit']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { name: '这个账号不能进入管理台' })).toBeAttached()
  }
  await expect(page.getByRole('link', { name: '进入学员端' })).toHaveAttribute('href', '/')
})

test('a lecturer has no reports, and an auditor no course editor', async ({ as }) => {
  const lecturer = await as('lecturer')
  await lecturer.goto('/console/audit')
  await expect(main(lecturer).getByRole('heading', { name: '你没有查看这一页的权限' })).toBeAttached()
  await expect(lecturer.getByRole('link', { name: '审计日志' })).toHaveCount(0)
  const auditor = await as('auditor')
  await auditor.goto('/console/courses')
  await expect(main(auditor).getByRole('heading', { name: '你没有查看这一页的权限' })).toBeAttached()
})
