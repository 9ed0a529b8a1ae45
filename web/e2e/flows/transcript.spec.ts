// Captions and transcript: a lecturer adds them, edits a line in its place; a student opens the transcript, which scrolls along and leads
// to a place by click and by keyboard.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ask } from '../client.ts'
import { expect, main, settled, test, type Page } from '../world.ts'

/** Twelve seconds of a test picture with a tone. */
function film(name: string): string {
  const path = join(process.env.XIANFENG_FOLDER ?? '', name)
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10:duration=12']
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:duration=12']
  const form = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest']
  const done = spawnSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...form, path])
  expect(done.status).toBe(0)
  return path
}
const lines = ['大家好', '今天讲总纲', '先看第一句', '再看第二句', '记住三点', '谢谢大家']
const srt = lines
  .map((text, n) => {
    const at = (second: number) => `00:00:${String(second).padStart(2, '0')},000`
    return `${n + 1}\n${at(n * 2)} --> ${at(n * 2 + 2)}\n${text}\n`
  })
  .join('\n')

const course = async (title: string) => {
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
const time = (page: Page) => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)

test('a lecturer adds captions and edits a line; a student reads along and seeks', async ({ as }, info) => {
  test.setTimeout(180_000)
  const page = await as('lecturer')
  const id = await course(`文字稿（${info.project.name}）`)
  await page.goto(`/console/courses/${id}`)
  await settled(page)
  await page.getByRole('button', { name: '添加视频' }).click()
  await page.locator('input[type=file][accept*=video]').setInputFiles(film(`稿-${info.project.name}.mp4`))
  await expect(main(page).getByText('可使用', { exact: true })).toBeVisible({ timeout: 60_000 })
  await page.getByLabel(/^标题/).first().fill('有字幕的短片')
  await page.getByRole('button', { name: '加入目录' }).click()

  // A wrong file: each fault with its line, each its own sentence.
  const panel = main(page).locator('section, div').filter({ hasText: '字幕与文字稿' }).last()
  await expect(main(page).getByText('还没有字幕。')).toBeVisible()
  const wrong = {
    name: '坏.vtt',
    mimeType: 'text/vtt',
    buffer: Buffer.from('WEBVTT\n\n00:05 --> 00:06\n甲\n\n乙\n丙\n'),
  }
  await page.locator('input[type=file][accept*=".srt"]').setInputFiles(wrong)
  await page.getByRole('button', { name: '保存字幕' }).click()
  await expect(main(page).getByText(/^第 3 行：/)).toBeVisible()
  await expect(main(page).getByText(/^第 6 行：/)).toBeVisible()
  await page
    .locator('input[type=file][accept*=".srt"]')
    .setInputFiles({ name: '好.srt', mimeType: 'application/x-subrip', buffer: Buffer.from(srt) })
  await page.getByRole('button', { name: '保存字幕' }).click()
  await expect(main(page).getByText('6 句')).toBeVisible()
  await expect(panel).toBeAttached()

  // One line, where it stands, by keyboard.
  await page.getByRole('button', { name: /^逐句修改/ }).click()
  await page.getByRole('button', { name: /^修改第 3 句/ }).click()
  const field = page.getByLabel('第 3 句文字')
  await expect(field).toBeFocused()
  await field.fill('先看总纲第一句')
  await page.getByLabel('第 3 句开始').fill('0:04.500')
  await field.press('Control+Enter')
  await expect(page.getByRole('button', { name: '修改第 3 句：先看总纲第一句' })).toContainText('0:04.500')
  await expect(page.getByRole('button', { name: /^修改第 3 句/ })).toBeFocused()
  await page.getByRole('button', { name: '发布课程' }).click()
  await expect(page.getByText('已发布').first()).toBeVisible()

  const { data } = await ask<{ course: { chapters: { lessons: { id: string }[] }[] } }>(
    'lecturer',
    'query($i: ID!) { course(id: $i) { chapters { lessons { id } } } }',
    { i: id },
  )
  const lesson = data?.course.chapters[0]?.lessons[0]?.id ?? ''
  const student = await as('s2')
  await student.goto(`/lessons/${lesson}`)
  await settled(student)
  const transcript = student.getByRole('region', { name: '文字稿' })
  const fold = transcript.getByRole('button', { name: '文字稿' })
  if (info.project.name === 'phone') await fold.click()
  await expect(fold).toHaveAttribute('aria-expanded', 'true')
  await expect(transcript.getByRole('listitem')).toHaveCount(6)
  await expect(transcript.getByRole('button', { name: /先看总纲第一句/ })).toBeVisible()

  // By click.
  await student.locator('video').evaluate((video: HTMLVideoElement) => (video.muted = true))
  await transcript.getByRole('button', { name: /再看第二句/ }).click()
  await expect.poll(() => time(student), { timeout: 20_000 }).toBeGreaterThan(6)
  expect(await time(student)).toBeLessThan(9)
  // It goes along: the line that is spoken is marked.
  await expect(transcript.getByRole('button', { name: /记住三点/ })).toHaveAttribute('aria-current', 'true', {
    timeout: 15_000,
  })
  const seen = await transcript.getByRole('button', { name: /记住三点/ }).evaluate((line) => {
    const [frame, own] = [line.closest('ol')?.getBoundingClientRect(), line.getBoundingClientRect()]
    return Boolean(frame && own.top >= frame.top - 1 && own.bottom <= frame.bottom + 1)
  })
  expect(seen, 'the spoken line is in view').toBe(true)
  // By keyboard: one stop for Tab, arrows between the lines, Enter leads there.
  await expect(transcript.locator('li button[tabindex="0"]')).toHaveCount(1)
  await transcript.locator('li button[tabindex="0"]').focus()
  await student.keyboard.press('Home')
  await student.keyboard.press('ArrowDown')
  await expect(transcript.getByRole('button', { name: /今天讲总纲/ })).toBeFocused()
  await student.keyboard.press('Enter')
  await expect.poll(() => time(student), { timeout: 20_000 }).toBeLessThan(5)
  expect(await time(student)).toBeGreaterThanOrEqual(2)
  // The player shows the same words.
  const showing = await student
    .locator('video')
    .evaluate((video: HTMLVideoElement) => [...video.textTracks].map(({ mode }) => mode))
  expect(showing).toEqual(['showing'])

  await ask('lecturer', 'mutation($i: ID!) { withdrawCourse(id: $i) { course { id } } }', { i: id })
})
