// Journey 2: a lecturer makes a course out of a video and a text; a student finds it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, main, settled, test, type Page } from '../world.ts'

/** Four seconds of a test picture with a tone, as a phone would record them. */
function film(name: string): string {
  const path = join(process.env.XIANFENG_FOLDER ?? '', name)
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15:duration=4']
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=4']
  const form = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest']
  const done = spawnSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...form, path], {
    encoding: 'utf8',
  })
  expect(done.status, done.stderr).toBe(0)
  return path
}

async function create(page: Page, title: string) {
  await page.goto('/console/courses')
  await settled(page)
  await page.getByRole('button', { name: '新建课程' }).first().click()
  const sheet = page.getByRole('dialog', { name: '新建课程' })
  await sheet.getByLabel('课程名称').fill(title)
  await sheet.getByLabel('课程简介').fill('由浏览器测试建立。')
  await sheet.getByRole('button', { name: '创建课程' }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
}
async function addChapter(page: Page, title: string) {
  await page.getByLabel('章标题').fill(title)
  await page.getByRole('button', { name: '添加章' }).click()
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
}

test('an empty course is not published, and the page says why', async ({ as }, info) => {
  const page = await as('lecturer')
  await create(page, `空课程（${info.project.name}）`)
  await page.getByRole('button', { name: '发布课程' }).click()
  const said = page.getByRole('dialog', { name: '发布课程' })
  await expect(said).toContainText(/还没有|至少|没有/)
  await said.getByRole('button', { name: '知道了' }).click()
  await expect(page.getByText('草稿').first()).toBeVisible()
})

test('a video and a reading become a published course that a student finds', async ({ as }, info) => {
  const page = await as('lecturer')
  // Four signs that no other course has, so that a search finds this one only.
  const title = info.project.name === 'phone' ? '柳絮池塘笔记' : '梧桐夜雨笔记'
  // The same text twice would be paid once.
  const advice = `读${title}，先读目录，再读正文。`
  await create(page, title)
  await addChapter(page, '第一章 准备')

  await page.getByRole('button', { name: '添加视频' }).click()
  await page.locator('input[type=file][accept*=video]').setInputFiles(film(`短片-${info.project.name}.mp4`))
  await expect(main(page).getByText('可使用', { exact: true })).toBeVisible({ timeout: 60_000 })
  await page.getByLabel(/^标题/).first().fill('四秒短片')
  await page.getByRole('button', { name: '加入目录' }).click()
  await expect(main(page).getByRole('button', { name: /四秒短片/ })).toBeVisible()

  await page.getByRole('button', { name: '添加阅读' }).click()
  await page.getByLabel(/^标题/).first().fill('短文一篇')
  await page.getByLabel('正文').fill(`# 引子\n\n${advice}\n\n- 记下不懂的词\n- 写下一个问题\n`)
  await page.getByRole('button', { name: '加入目录' }).click()
  await expect(main(page).getByRole('button', { name: /短文一篇/ })).toBeVisible()

  await page.getByRole('button', { name: '发布课程' }).click()
  await expect(page.getByText('已发布').first()).toBeVisible()

  const student = await as('s1')
  await expect(async () => {
    await student.goto(`/search?q=${encodeURIComponent(title)}`)
    await expect(main(student).getByRole('region', { name: title })).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 20_000 })
  await main(student).getByRole('region', { name: title }).getByRole('link', { name: title }).first().click()
  await expect(
    main(student)
      .getByRole('link', { name: /四秒短片/ })
      .first(),
  ).toBeVisible()
  await main(student)
    .getByRole('link', { name: /短文一篇/ })
    .first()
    .click()
  await expect(student.getByText(advice)).toBeVisible()
  // A text this short is read within one beat: the whole way from the upload to the entry in the ledger.
  await expect(student.getByText('本节已完成')).toBeVisible({ timeout: 40_000 })
  await expect(async () => {
    await student.goto('/credits')
    const entry = main(student).getByRole('listitem').filter({ hasText: '短文一篇' }).first()
    await expect(entry).toContainText(/阅读完成.*读完全文.*\+5 积分/s, { timeout: 2000 })
  }).toPass({ timeout: 15_000 })

  // What a test made must not stand in the way of the next one.
  await page.getByRole('button', { name: '撤回课程' }).click()
  await expect(page.getByText('草稿').first()).toBeVisible()
})

test('a text file that calls itself MP4 ends with a sentence', async ({ as }, info) => {
  const page = await as('lecturer')
  await page.goto('/console/assets')
  await settled(page)
  const name = `不是视频-${info.project.name}.mp4`
  const file = { name, mimeType: 'video/mp4', buffer: Buffer.from('这是一段文字，不是视频。\n'.repeat(200)) }
  await page.locator('input[type=file][accept*=video]').first().setInputFiles(file)
  const row = main(page).getByRole('listitem').filter({ hasText: name })
  await expect(row.getByText('未通过')).toBeVisible({ timeout: 30_000 })
  await expect(row.locator('.failure')).toHaveText(/[一-鿿].*。$/)
})
