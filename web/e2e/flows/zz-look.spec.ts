import { ask } from '../client.ts'
import { main, settled, test } from '../world.ts'
const out = (n: string) => `/tmp/xf/cap/${n}.png`
test('look', async ({ as }, info) => {
  test.setTimeout(120_000)
  const kind = info.project.name
  const { data } = await ask<any>('student', '{ courses(first: 20) { nodes { id chapters { lessons { __typename id title } } } } }')
  const videos = data.courses.nodes.flatMap((c: any) => c.chapters.flatMap((ch: any) => ch.lessons)).filter((l: any) => l.__typename === 'VideoLesson')
  const student = await as('s2')
  for (const v of videos) {
    await student.goto(`/lessons/${v.id}`)
    await settled(student)
    if (await student.getByRole('button', { name: '文字稿' }).count()) break
  }
  const fold = student.getByRole('button', { name: '文字稿' })
  if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click()
  await student.waitForTimeout(500)
  await student.locator('.transcript li button').nth(2).click()
  await student.waitForTimeout(1500)
  await student.screenshot({ path: out(`transcript-${kind}`) })
  const lecturer = await as('lecturer')
  const mine = await ask<any>('lecturer', '{ courses(first: 5, filter: {mine: true}) { nodes { id title chapters { lessons { __typename title } } } } }')
  const c = mine.data.courses.nodes[0]
  await lecturer.goto(`/console/courses/${c.id}`)
  await settled(lecturer)
  const v = c.chapters.flatMap((x: any) => x.lessons).find((l: any) => l.__typename === 'VideoLesson')
  await main(lecturer).getByRole('button', { name: new RegExp(v.title) }).first().click()
  await lecturer.waitForTimeout(800)
  const edit = lecturer.getByRole('button', { name: /^逐句修改/ }).first()
  if (await edit.count()) {
    await edit.click()
    await lecturer.getByRole('button', { name: /^修改第 2 句/ }).click()
    await lecturer.waitForTimeout(300)
  }
  await lecturer.screenshot({ path: out(`captions-${kind}`), fullPage: true })
  const made = await ask<any>('lecturer', 'mutation { createCourse(input: { title: "看一看" }) { course { id } } }')
  const id = made.data.createCourse.course.id
  await ask('lecturer', 'mutation($i: ID!) { addChapter(courseId: $i, title: "第一章") { chapter { id } } }', { i: id })
  await lecturer.goto(`/console/courses/${id}`)
  await settled(lecturer)
  await lecturer.getByRole('button', { name: '添加阅读' }).click()
  await lecturer.getByLabel(/^标题/).first().fill('导读')
  await lecturer.getByRole('textbox', { name: '正文' }).fill('# 引子\n\n学到哪里，**记到哪里**。\n\n- 甲\n- 乙\n\n| 年 | 事 |\n| --- | --- |\n| 1921 | 建党 |\n')
  await lecturer.waitForTimeout(1800)
  await lecturer.screenshot({ path: out(`editor-${kind}`), fullPage: true })
  await lecturer.getByRole('radio', { name: /PDF/ }).check()
  await lecturer.locator('input[type=file][accept*=".pdf"]').setInputFiles('/tmp/xf/cap/a.pdf')
  await main(lecturer).getByText('可使用', { exact: true }).waitFor({ timeout: 60_000 })
  await lecturer.screenshot({ path: out(`upload-${kind}`), fullPage: true })
  await lecturer.getByRole('button', { name: '加入目录' }).click()
  await lecturer.waitForTimeout(1200)
  await ask('lecturer', 'mutation($i: ID!) { publishCourse(id: $i) { course { id } } }', { i: id })
  const found = await ask<any>('lecturer', 'query($i: ID!) { course(id: $i) { chapters { lessons { id } } } }', { i: id })
  await student.goto(`/lessons/${found.data.course.chapters[0].lessons[0].id}`)
  await settled(student)
  await student.waitForTimeout(800)
  await student.screenshot({ path: out(`pdf-${kind}`) })
  await student.getByRole('button', { name: '文字', exact: true }).click()
  await student.screenshot({ path: out(`pdftext-${kind}`) })
  await ask('lecturer', 'mutation($i: ID!) { withdrawCourse(id: $i) { course { id } } }', { i: id })
})
