// Readings: a text with preview, pasted rich text and a picture; a PDF as pages with text; a kept copy that looks for a newer text.
import { deflateSync } from 'node:zlib'
import { ask } from '../client.ts'
import { expect, main, settled, test, type Page } from '../world.ts'

test.beforeEach(({}, info) => test.skip(info.project.name !== 'desktop', 'written at a desk'))

/** A PNG of one colour, by hand. */
function png(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8)
  const rows = Buffer.alloc((width * 3 + 1) * height, 0x60)
  for (let y = 0; y < height; y++) rows[y * (width * 3 + 1)] = 0
  const sign = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    sign,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
function crc(bytes: Buffer): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let n = 0; n < 8; n++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}
/** A PDF of two pages, one with words and one without. */
function pdf(text = 'Constitution of the Party'): Buffer {
  const words = `BT /F 20 Tf 72 700 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 2 /Kids [4 0 R 5 0 R] >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents 6 0 R >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    `<< /Length ${words.length} >>\nstream\n${words}\nendstream`,
  ]
  let out = '%PDF-1.4\n'
  const places = objects.map((object, n) => {
    const place = out.length
    out += `${n + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const table = out.length
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(
    `${out}xref\n0 7\n0000000000 65535 f \n${rows}trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`,
  )
}

async function course(title: string): Promise<string> {
  const { data } = await ask<{ createCourse: { course: { id: string } } }>(
    'lecturer',
    'mutation($t: String!) { createCourse(input: { title: $t }) { course { id } } }',
    { t: title },
  )
  const id = data?.createCourse.course.id ?? ''
  await ask(
    'lecturer',
    'mutation($i: ID!) { addChapter(courseId: $i, title: "第一章") { chapter { id } } }',
    { i: id },
  )
  return id
}
const act = (name: 'publishCourse' | 'withdrawCourse', id: string) =>
  ask('lecturer', `mutation($i: ID!) { ${name}(id: $i) { course { id } } }`, { i: id })
async function lessonOf(id: string): Promise<string> {
  const { data } = await ask<{ course: { chapters: { lessons: { id: string }[] }[] } }>(
    'lecturer',
    'query($i: ID!) { course(id: $i) { chapters { lessons { id } } } }',
    { i: id },
  )
  return data?.course.chapters[0]?.lessons[0]?.id ?? ''
}
const preview = (page: Page) => main(page).locator('.preview')

test('a text is written beside its preview; rich text and a picture are pasted', async ({ as }) => {
  const page = await as('lecturer')
  const id = await course('编辑器里的课')
  await page.goto(`/console/courses/${id}`)
  await settled(page)
  await page.getByRole('button', { name: '添加阅读' }).click()
  await page.getByLabel(/^标题/).first().fill('写出来的一篇')
  const body = page.getByRole('textbox', { name: '正文' })
  await body.fill('# 引子\n\n')
  await body.evaluate((field) => {
    const data = new DataTransfer()
    data.setData(
      'text/html',
      '<p onclick="x()">来自<b>网页</b>的<script>bad()</script>话</p><ul><li>甲</li><li>乙</li></ul>',
    )
    data.setData('text/plain', '来自网页的话')
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect(body).toHaveValue(/来自\*\*网页\*\*的话\n\n- 甲\n- 乙/)
  await expect(preview(page).locator('strong')).toHaveText('网页')
  await page
    .locator('input[type=file][accept*="image/png"]')
    .setInputFiles({ name: '会场.png', mimeType: 'image/png', buffer: png(1000, 400) })
  await expect(body).toHaveValue(/!\[会场\]\(asset:ast_\w+\)/)
  const image = preview(page).getByRole('img', { name: '会场' })
  await expect(image).toBeVisible({ timeout: 30_000 })
  await expect(image).toHaveAttribute('srcset', / 800w, .* 1000w$/)
  await page.getByRole('button', { name: '加入目录' }).click()
  await expect(main(page).getByRole('button', { name: /写出来的一篇/ })).toContainText('段')

  // And changed afterwards.
  await page.getByRole('button', { name: '打开编辑器' }).click()
  const again = page.getByRole('textbox', { name: '正文' })
  await expect(again).toHaveValue(/来自\*\*网页\*\*/)
  await again.fill('## 新的引子\n\n改过的正文。\n')
  await page.getByRole('button', { name: '保存正文' }).click()
  await expect(page.getByText('正文已保存。')).toBeVisible()
})

test('a PDF is read page by page, as printed or as text', async ({ as }) => {
  const page = await as('lecturer')
  const id = await course('带 PDF 的课')
  await page.goto(`/console/courses/${id}`)
  await settled(page)
  await page.getByRole('button', { name: '添加阅读' }).click()
  await page.getByRole('radio', { name: /PDF/ }).check()
  await page
    .locator('input[type=file][accept*=".pdf"]')
    .setInputFiles({ name: '章程.pdf', mimeType: 'application/pdf', buffer: pdf() })
  await expect(main(page).getByText('可使用', { exact: true })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: '加入目录' }).click()
  await expect(main(page).getByRole('button', { name: /章程/ }).first()).toContainText('2 段')
  await act('publishCourse', id)

  const student = await as('s2')
  await student.goto(`/lessons/${await lessonOf(id)}`)
  await settled(student)
  const pages = student.locator('figure[data-block]')
  await expect(pages).toHaveCount(2)
  await expect(student.getByRole('img', { name: '第 1 页' })).toBeVisible()
  await expect(pages.first()).toContainText('Constitution of the Party')
  await student.getByRole('button', { name: '文字', exact: true }).click()
  await expect(student.getByText('Constitution of the Party')).toBeVisible()
  await expect(student.getByRole('img', { name: '第 1 页' })).toBeHidden()
  await expect(
    student.getByRole('img', { name: '第 2 页' }),
    'a page without text stays a picture',
  ).toBeVisible()

  // A new edition takes its place from the library.
  await page.goto('/console/library')
  await settled(page)
  await main(page).getByRole('searchbox', { name: '文件名' }).fill('章程.pdf')
  await settled(page)
  await main(page)
    .getByRole('button', { name: /^章程\.pdf/ })
    .first()
    .click()
  await page
    .getByRole('dialog', { name: '章程.pdf' })
    .locator('input[type=file][accept*=".pdf"]')
    .setInputFiles({
      name: '章程新版.pdf',
      mimeType: 'application/pdf',
      buffer: pdf('New edition of the text'),
    })
  await expect(page.getByText('处理完成后将自动替换。')).toBeVisible()
  await expect(async () => {
    await student.reload()
    await student.getByRole('button', { name: '文字', exact: true }).click()
    await expect(student.getByText('New edition of the text')).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await act('withdrawCourse', id)
})

test('a kept reading is renewed when its text has changed', async ({ as }) => {
  const id = await course('留在本机的课')
  const { data } = await ask<{ course: { chapters: { id: string }[] } }>(
    'lecturer',
    'query($i: ID!) { course(id: $i) { chapters { id } } }',
    { i: id },
  )
  await ask(
    'lecturer',
    'mutation($c: ID!, $b: String!) { addReadingLesson(chapterId: $c, input: { title: "会变的一篇", body: $b }) { lesson { id } } }',
    {
      c: data?.course.chapters[0]?.id,
      b: '最初的文字。',
    },
  )
  await act('publishCourse', id)
  const lesson = await lessonOf(id)
  const page = await as('s2')
  await page.goto(`/lessons/${lesson}`)
  await settled(page)
  await page.getByRole('button', { name: '离线阅读' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '存到本机', exact: true }).click()
  await expect(page.getByText('已存到本机')).toBeVisible()

  await act('withdrawCourse', id)
  const change =
    'mutation($i: ID!, $b: String!) { updateLesson(id: $i, input: { body: $b }) { lesson { id } } }'
  await ask('lecturer', change, { i: lesson, b: '改过的文字。' })
  await page.goto('/saved')
  await expect(page.getByText(/课程已撤回/), 'what was kept stays').toBeVisible()
  await act('publishCourse', id)
  await page.goto('/saved')
  await expect(page.getByText('1 篇有新内容，已更新')).toBeVisible()
  await page.getByRole('link', { name: /会变的一篇/ }).click()
  await expect(page.getByText('改过的文字。')).toBeVisible()
  await act('withdrawCourse', id)
})
