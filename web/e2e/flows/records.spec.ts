// What is wrong with a record is put right by two people, or asked about by the student: corrections, requests for review, the ledger.
import { ask } from '../client.ts'
import { expect, main, settled, test, type Page } from '../world.ts'

test.beforeEach(({}, info) => test.skip(info.project.name !== 'desktop', 'a page for desks'))

interface Found {
  viewer: { entries: { nodes: { id: string }[] } }
}
const aboutMe = '{ viewer { entries(first: 1) { nodes { id } } } }'
interface Charge {
  creditReport: { students: { nodes: { student: { number: string; name: string } }[] } }
}
const inCharge = '{ creditReport(filter: {}) { students(first: 1) { nodes { student { number name } } } } }'
const named = (page: Page, reason: string) => main(page).getByRole('row').filter({ hasText: reason })

test('a correction needs two people: who proposed it may not approve it', async ({ as }) => {
  const { data } = await ask<Charge>('secretary', inCharge)
  const student = data?.creditReport.students.nodes[0]?.student
  const reason = '浏览器测试：集中培训签到未记录'
  const secretary = await as('secretary')
  await secretary.goto('/console/adjustments')
  await settled(secretary)
  await secretary.getByRole('button', { name: '提出更正' }).click()
  const sheet = secretary.getByRole('dialog', { name: '提出更正' })
  await sheet.getByRole('searchbox').fill(student?.number ?? '')
  await sheet
    .getByRole('button', { name: new RegExp(student?.name ?? '') })
    .first()
    .click()
  await sheet.getByLabel('数额').fill('1.5')
  await sheet.getByLabel('事由').fill(reason)
  await sheet.getByRole('button', { name: '提交审批' }).click()
  await expect(sheet).toBeHidden()

  await named(secretary, reason).getByRole('button', { name: /^查看/ }).click()
  const own = secretary.getByRole('dialog')
  await expect(own).toContainText('由你提出')
  await expect(own.getByRole('button', { name: '通过' })).toHaveCount(0)

  const admin = await as('admin')
  await admin.goto('/console/adjustments')
  await settled(admin)
  await named(admin, reason).getByRole('button', { name: /^审批/ }).click()
  const drawer = admin.getByRole('dialog')
  await drawer.getByRole('button', { name: '通过' }).click()
  await expect(drawer).toContainText('记录已生成')
  await expect(drawer).toContainText('+1.5 学时')
})

test('a request for review is counted in the side bar, answered, and comes out as a record', async ({
  as,
}) => {
  const { data } = await ask<Found>('student', aboutMe)
  const entry = data?.viewer.entries.nodes[0]?.id
  const reason = '浏览器测试：这一条少计了'
  const asked = await ask(
    'student',
    'mutation($id: ID!, $r: String!) { appealEntry(entryId: $id, reason: $r) { appeal { id } } }',
    { id: entry, r: reason },
  )
  expect(asked.errors).toBeUndefined()

  const page = await as('admin')
  await page.goto('/console/')
  const link = page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: /复核申请/ })
  await expect(link).toHaveAccessibleName(/\d+\+? 件待处理/)
  await link.click()
  await main(page)
    .getByRole('button', { name: new RegExp(reason) })
    .click()
  const detail = page.getByRole('region', { name: '申请详情' })
  await expect(detail).toContainText(reason)
  await expect(detail.getByRole('region', { name: '涉及的记录' })).toContainText(entry ?? '')

  await detail.getByRole('button', { name: '提交答复' }).click()
  await expect(detail.getByRole('alert').first()).toBeVisible()
  await detail.getByRole('radio', { name: /^采纳/ }).check()
  await detail.getByLabel(/更正的/).fill('1')
  await detail.getByLabel('答复内容').fill('核对属实，补计。')
  await detail.getByRole('button', { name: '提交答复' }).click()
  await expect(detail).toContainText('已采纳')
  await expect(detail).toContainText('生成的更正记录')
  await expect(detail).toContainText(/\+1 /)
})

test('an auditor verifies the ledger', async ({ as }) => {
  const page = await as('auditor')
  await page.goto('/console/ledger')
  await settled(page)
  await page.getByRole('button', { name: '立即校验' }).click()
  await expect(main(page).getByText(/^一致/)).toBeVisible({ timeout: 30_000 })
  await expect(main(page).getByText(/最近一次校验：.*共读取 [\d,]+ 条/)).toBeVisible()
  await expect(main(page).getByRole('button', { name: '复制公钥' })).toBeVisible()
})

test('an admin has every file read again', async ({ as }) => {
  const page = await as('admin')
  await page.goto('/console/objects')
  await settled(page)
  await page.getByRole('button', { name: '立即核对' }).click()
  await expect(main(page).getByText(/^一致：每个文件都与保存时相同/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: '立即核对' })).toBeEnabled()
})

test('study hints say that nothing follows from them by itself', async ({ as }) => {
  const page = await as('admin')
  await page.goto('/console/study-flags')
  await settled(page)
  await expect(main(page).getByText(/仅供人工核查，不会自动扣分/)).toBeVisible()
})

test('who may not decide does not find the way there', async ({ as }) => {
  const page = await as('lecturer')
  for (const path of [
    'appeals',
    'adjustments',
    'waiting',
    'study-flags',
    'play',
    'ledger',
    'objects',
    'rules/add',
  ]) {
    await page.goto(`/console/${path}`)
    await expect(page.getByRole('heading', { name: '你没有查看这一页的权限' })).toBeAttached()
  }
  const links = page.getByRole('navigation', { name: '主导航' }).getByRole('link')
  await expect(links.filter({ hasText: /复核申请|更正|学习提示|激励|明细校验/ })).toHaveCount(0)
})
