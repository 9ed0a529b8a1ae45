// The course editor: what was written can be said differently, moved, asked about, and taken away again.
import { expect, main, settled, test, type Page } from '../world.ts'

test.beforeEach(({}, info) => test.skip(info.project.name !== 'desktop', 'a page for desks'))

const title = '浏览器测试：编辑器'
const outline = (page: Page) => main(page).getByRole('region', { name: '目录' })
const lessons = (page: Page) => outline(page).getByRole('button', { name: /阅读 · / })

async function begin(page: Page) {
  await page.goto('/console/courses?new=1')
  await settled(page)
  const sheet = page.getByRole('dialog', { name: '新建课程' })
  await sheet.getByLabel('课程名称').fill(title)
  await sheet.getByRole('button', { name: '创建课程' }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await page.getByLabel('章标题').fill('第一章')
  await page.getByRole('button', { name: '添加章' }).click()
  for (const name of ['甲篇', '乙篇']) {
    await page.getByRole('button', { name: '添加阅读' }).click()
    await page.getByLabel(/^标题/).first().fill(name)
    await page.getByLabel('正文').fill(`# ${name}\n\n${title}，${name}第一段。\n\n${name}第二段。\n`)
    await page.getByRole('button', { name: '加入目录' }).click()
    await expect(lessons(page).filter({ hasText: name })).toBeVisible()
  }
}

async function changeCourse(page: Page) {
  await outline(page).getByRole('button', { name: '课程信息' }).click()
  await page.getByRole('button', { name: '修改课程' }).click()
  const sheet = page.getByRole('dialog', { name: '修改课程' })
  await sheet.getByLabel(/^阅读速度/).fill('99')
  await sheet.getByRole('button', { name: '保存修改' }).click()
  await expect(sheet.getByRole('alert')).toContainText('100 到 2000')
  await sheet.getByLabel(/^阅读速度/).fill('450')
  await sheet.getByLabel('课程简介').fill('改过的简介。')
  await sheet.getByRole('button', { name: '保存修改' }).click()
  await expect(main(page)).toContainText('每分钟 450 字')
  await expect(main(page)).toContainText('改过的简介。')
}

async function askAbout(page: Page) {
  await lessons(page).first().click()
  const card = main(page).getByRole('region', { name: '随堂题目' })
  await expect(card).toContainText('答错不扣任何东西')
  await card.getByRole('button', { name: '添加题目' }).click()
  await card.getByLabel(/^从第几段/).fill('1')
  await card.getByLabel(/^到第几段/).fill('2')
  await card.getByLabel(/^题目/).fill('这一部分讲的是哪一篇？')
  await card.getByRole('textbox', { name: '选项 1' }).fill('甲篇')
  await card.getByRole('textbox', { name: '选项 2' }).fill('乙篇')
  await card.getByRole('radio', { name: '选项 2 是正确答案' }).check()
  await card.getByRole('button', { name: '保存题目' }).click()
  await expect(card.getByRole('listitem').filter({ hasText: '第 1–2 段' })).toContainText(
    '这一部分讲的是哪一篇',
  )
  await expect(card.getByRole('listitem').filter({ hasText: '乙篇' }).last()).toContainText('正确答案')

  await card.getByRole('button', { name: /^修改.*题目$/ }).click()
  await card.getByLabel(/^题目/).fill('这一部分出自哪一篇？')
  await card.getByRole('button', { name: '保存题目' }).click()
  await expect(card).toContainText('出自哪一篇')
  await card.getByRole('button', { name: /^删除.*题目$/ }).click()
  await page.getByRole('dialog', { name: '删除这道题？' }).getByRole('button', { name: '删除' }).click()
  await expect(card).toContainText('还没有题目')
}

test('rename, move, ask, delete', async ({ as }) => {
  const page = await as('lecturer')
  await begin(page)
  await changeCourse(page)

  await outline(page).getByRole('button', { name: '重命名' }).click()
  const rename = page.getByRole('dialog', { name: '重命名章' })
  await rename.getByLabel('章标题').fill('第一章 总论')
  await rename.getByRole('button', { name: '保存修改' }).click()
  await expect(outline(page).getByRole('heading', { name: '第一章 总论' })).toBeVisible()

  await outline(page).getByRole('button', { name: '上移第 2 节' }).click()
  await expect(lessons(page).first()).toContainText('乙篇')
  await expect(outline(page).getByRole('button', { name: '下移第 1 节' })).toBeFocused()

  await askAbout(page)

  await page.getByRole('button', { name: '修改课时' }).click()
  const edit = page.getByRole('dialog', { name: '修改课时' })
  await edit.getByLabel(/^标题/).fill('乙篇（修订）')
  await edit.getByRole('button', { name: '保存修改' }).click()
  await expect(lessons(page).first()).toContainText('乙篇（修订）')

  await page.getByRole('button', { name: '删除课时' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除课时' }).click()
  await expect(lessons(page)).toHaveCount(1)
  await outline(page).getByRole('button', { name: '删除本章' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除本章' }).click()
  await expect(outline(page)).toContainText('还没有章节')
})
