// Review before publishing, drafts of what is published, the history, and the media library; at both sizes.
import { ask } from '../client.ts'
import { expect, main, settled, test, type Page } from '../world.ts'

const setPolicy = (policy: string) => ask('admin', `mutation { setReviewPolicy(policy: ${policy}) }`)
const button = (page: Page, name: string | RegExp) => main(page).getByRole('button', { name })

// The demo publishes at once; so do the other specs.
test.afterEach(() => setPolicy('NONE'))

async function write(page: Page, title: string) {
  await page.goto('/console/courses?new=1')
  await settled(page)
  const sheet = page.getByRole('dialog', { name: '新建课程' })
  await sheet.getByLabel('课程名称').fill(title)
  await sheet.getByRole('button', { name: '创建课程' }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await page.getByLabel('章标题').fill('第一章')
  await page.getByRole('button', { name: '添加章' }).click()
  await page.getByRole('button', { name: '添加阅读' }).click()
  await page.getByLabel(/^标题/).first().fill('导读')
  await page.getByLabel('正文').fill('学习党章，牢记使命。')
  await page.getByRole('button', { name: '加入目录' }).click()
  await expect(main(page).getByRole('button', { name: /导读/ })).toBeVisible()
}

async function openReview(page: Page, title: string) {
  await page.goto('/console/reviews')
  await settled(page)
  await main(page)
    .getByRole('link', { name: new RegExp(title) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await settled(page)
}

test('a course is sent back, published by a reviewer, and changed in a draft', async ({ as }, info) => {
  const title = `审核测试-${info.project.name}`
  const [admin, page] = [await as('admin'), await as('lecturer')]
  await admin.goto('/console/reviews')
  await settled(admin)
  await main(admin)
    .getByRole('radio', { name: /一人审核/ })
    .check()
  await button(admin, '保存').click()
  await expect(admin.getByText('发布前审核已改为「一人审核」')).toBeVisible()

  await write(page, title)
  await button(page, '提交审核').click()
  await expect(main(page)).toContainText('正在审核')
  await expect(main(page).getByRole('button', { name: '添加阅读' })).toHaveCount(0)

  await openReview(admin, title)
  await expect(main(admin)).toContainText('这是首个版本')
  await admin.getByRole('tab', { name: /正文与题目/ }).click()
  await expect(main(admin)).toContainText('牢记使命')
  await button(admin, '退回修改').click()
  await expect(main(admin)).toContainText('请写明退回的理由')
  await main(admin).getByLabel('意见').fill('请补充出处和版次。')
  await button(admin, '退回修改').click()
  await expect(main(admin)).toContainText('已退回')

  await page.reload()
  await settled(page)
  await expect(main(page)).toContainText('请补充出处和版次。')
  await button(page, '修改课程').click()
  const form = page.getByRole('dialog', { name: '修改课程' })
  await form.getByLabel('出处').fill('《中国共产党章程》')
  await form.getByLabel('版次').fill('2026 年第 1 版')
  await form.getByRole('button', { name: '保存修改' }).click()
  await expect(main(page)).toContainText('2026 年第 1 版')
  await button(page, '提交审核').click()
  await expect(main(page)).toContainText('正在审核')
  await openReview(admin, title)
  await button(admin, '通过').click()
  await expect(main(admin)).toContainText('已通过并发布')

  await page.reload()
  await settled(page)
  await button(page, '修改课程内容').click()
  await expect(main(page)).toContainText('这是修改稿')
  await main(page).getByRole('button', { name: /导读/ }).click()
  await button(page, '修改课时').click()
  await page.getByRole('dialog').getByLabel(/^标题/).fill('新导读')
  await page.getByRole('dialog').getByRole('button', { name: '保存修改' }).click()
  await expect(main(page).getByRole('button', { name: /新导读/ })).toBeVisible()
  await ask(
    'lecturer',
    'mutation($i: ID!) { labelCourse(id: $i, input: { tags: ["党章"], stages: [ACTIVIST] }) { course { id } } }',
    { i: page.url().split('/').pop() ?? '' },
  )
  await button(page, '提交审核').click()
  await expect(main(page)).toContainText('正在审核')
  await openReview(admin, title)
  const added = main(admin).locator('ins')
  for (const text of ['新导读', '党章', '入党积极分子'])
    await expect(added.filter({ hasText: text })).toBeVisible()
  await expect(main(admin).locator('dl').filter({ hasText: '提交人' })).toContainText(
    /适用阶段\s*入党积极分子/,
  )
  await button(admin, '通过').click()
  await expect(main(admin)).toContainText('已通过并发布')

  await page.goto('/console/courses')
  await settled(page)
  await main(page)
    .getByRole('link', { name: new RegExp(title) })
    .click()
  await main(page).getByRole('link', { name: '版本记录' }).click()
  await settled(page)
  await expect(main(page).getByRole('row').or(main(page).locator('tr'))).toContainText([/第 2 版|版本/])
  await main(page).getByRole('link', { name: '查看第 2 版' }).click()
  await settled(page)
  await expect(main(page)).toContainText('2026 年第 1 版')
  await expect(main(page).locator('dl').filter({ hasText: '发布人' })).toContainText(/标签\s*党章/)
  await expect(main(page).locator('del').filter({ hasText: '导读' })).toBeVisible()

  // Taken back in one click, put up again in one click.
  await page.goBack()
  await page.goBack()
  await settled(page)
  await button(page, '撤回课程').click()
  await expect(main(page)).toContainText('课程已撤回')
  await button(page, '恢复发布').click()
  await expect(main(page).getByText('已发布').first()).toBeVisible()
  await button(page, '撤回课程').click()
  await expect(main(page)).toContainText('课程已撤回')
})

test('who had a hand in a course is told that another admin reviews it', async ({ as }, info) => {
  const title = `经手测试-${info.project.name}`
  await setPolicy('ONE')
  const page = await as('lecturer')
  await write(page, title)
  await button(page, '提交审核').click()
  await expect(main(page)).toContainText('正在审核')
  await main(page).getByRole('link', { name: '查看提交内容' }).click()
  await settled(page)
  await expect(main(page)).toContainText('授课教师')
  await expect(button(page, '通过')).toHaveCount(0)
  await page.goBack()
  await settled(page)
  await button(page, '撤回审核').click()
  await expect(button(page, '提交审核')).toBeVisible()
})

test('a file of the library plays, says where it is used, and is not deleted meanwhile', async ({ as }) => {
  const page = await as('lecturer')
  await page.goto('/console/library')
  await settled(page)
  // The school's own stands behind what other journeys have uploaded.
  await main(page).getByRole('searchbox', { name: '文件名' }).fill('video-1.mp4')
  await settled(page)
  await main(page)
    .getByRole('button', { name: /^video-1\.mp4/ })
    .last()
    .click()
  const drawer = page.getByRole('dialog', { name: 'video-1.mp4' })
  await drawer.getByRole('button', { name: '播放' }).first().click()
  const video = drawer.locator('video')
  await expect(async () => {
    expect(await video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0.2)
  }).toPass({ timeout: 20_000 })
  await expect(drawer.getByRole('link', { name: /《.*》·/ })).toBeVisible()
  await drawer.getByRole('button', { name: '删除', exact: true }).click()
  const sheet = page.getByRole('dialog', { name: '删除这个文件？' })
  await sheet.getByRole('button', { name: '删除', exact: true }).click()
  await expect(sheet.getByRole('alert')).toContainText('正在使用')
  await sheet.getByRole('button', { name: '取消' }).click()
  await drawer.getByRole('button', { name: '关闭' }).click()
  await main(page).getByRole('searchbox', { name: '文件名' }).fill('qqqq')
  await expect(main(page)).toContainText('没有符合条件的文件')
})
