// How long a phone on a slow line waits for the first picture of a lesson: `node scripts/first-frame.mjs URL`, for `make bench`. A lecturer
// uploads a film, publishes it as a course; a student opens it in Chromium behind 1.6 Mbit/s and 150 ms, from the page of the course (the
// usual way) and by its address in an empty browser. Prints JSON.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { chromium, devices } from '@playwright/test'

const [url, runs = '5'] = process.argv.slice(2)
const line = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
}

async function ask(cookie, query, variables = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'bench', ...(cookie && { cookie }) },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors[0].message)
  return { data, set: response.headers.get('set-cookie') }
}
async function signIn(username) {
  const document =
    'mutation($u: String!) { signIn(username: $u, password: "demo-xianfeng") { viewer { id } } }'
  return (await ask('', document, { u: username })).set.split(';')[0]
}

/** Half a minute that moves and has grain, as a camera's picture has. */
function film(folder) {
  const file = join(folder, 'film.mp4')
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=28,noise=alls=5:allf=t']
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:duration=28']
  const form = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest']
  const done = spawnSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...form, file], {
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new Error(`ffmpeg: ${done.stderr ?? done.error}`)
  return readFileSync(file)
}

async function upload(cookie, bytes) {
  const create =
    'mutation { createUpload(input: { fileName: "film.mp4", purpose: VIDEO }) { asset { id } uploadUrl } }'
  const { createUpload } = (await ask(cookie, create)).data
  const headers = { cookie, 'x-requested-with': 'bench', 'tus-resumable': '1.0.0' }
  const sent = await fetch(url + createUpload.uploadUrl, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(bytes.length),
      'content-type': 'application/offset+octet-stream',
    },
    body: bytes,
  })
  if (sent.status !== 201) throw new Error(`upload: ${sent.status}`)
  for (;;) {
    const look = 'query($i: ID!) { asset(id: $i) { status failure renditions { height bitrate } } }'
    const { asset } = (await ask(cookie, look, { i: createUpload.asset.id })).data
    if (asset.status === 'FAILED') throw new Error(asset.failure)
    // A remuxed source is ready before the smaller pictures are.
    if (asset.status === 'READY' && asset.renditions.some((one) => one.height <= 360))
      return { id: createUpload.asset.id, ...asset }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function publish(cookie, assetId) {
  const course = (await ask(cookie, 'mutation { createCourse(input: { title: "首帧" }) { course { id } } }'))
    .data.createCourse.course.id
  const chapter = 'mutation($c: ID!) { addChapter(courseId: $c, title: "一") { chapter { id } } }'
  const { id } = (await ask(cookie, chapter, { c: course })).data.addChapter.chapter
  const lesson =
    'mutation($c: ID!, $a: ID!) { addVideoLesson(chapterId: $c, input: { title: "首帧影片", assetId: $a }) { lesson { id } } }'
  const made = (await ask(cookie, lesson, { c: id, a: assetId })).data.addVideoLesson.lesson.id
  await ask(cookie, 'mutation($c: ID!) { publishCourse(id: $c) { course { status } } }', { c: course })
  return { course, lesson: made }
}

/** When the first picture is there, in the page's own time. */
const watch = () => {
  const seen = new WeakSet()
  const look = () => {
    const video = document.querySelector('video')
    if (!video || seen.has(video)) return
    seen.add(video)
    const told = () => (window.firstFrame ??= performance.now())
    video.requestVideoFrameCallback?.(told)
    video.addEventListener('loadeddata', told, { once: true })
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}

async function once(browser, cookie, place, warm) {
  const context = await browser.newContext({ ...devices['Pixel 7'], locale: 'zh-CN' })
  const [name, value] = cookie.split('=')
  await context.addCookies([{ name, value, url }])
  const page = await context.newPage()
  await page.addInitScript(watch)
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', line)
  let from = 0
  if (warm) {
    await page.goto(`${url}/courses/${place.course}`)
    const link = page.getByRole('link', { name: /首帧影片/ }).first()
    await link.waitFor()
    // The person reads the outline.
    await page.waitForTimeout(3000)
    from = await page.evaluate(() => {
      window.firstFrame = undefined
      const link = [...document.querySelectorAll('a')].find((one) => one.textContent.includes('首帧影片'))
      const began = performance.now()
      link.click()
      return began
    })
  } else await page.goto(`${url}/lessons/${place.lesson}`, { waitUntil: 'commit' })
  const at = await (
    await page.waitForFunction(() => window.firstFrame, null, { timeout: 60_000 })
  ).jsonValue()
  await context.close()
  return (at - from) / 1000
}

const folder = mkdtempSync(join(tmpdir(), 'first-frame-'))
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
})
try {
  const lecturer = await signIn('lecturer')
  const asset = await upload(lecturer, film(folder))
  const place = await publish(lecturer, asset.id)
  const student = await signIn('s1')
  const told = { renditions: asset.renditions, tap: [], cold: [] }
  for (let n = 0; n < Number(runs); n++) {
    told.tap.push(await once(browser, student, place, true))
    told.cold.push(await once(browser, student, place, false))
  }
  process.stdout.write(`${JSON.stringify(told)}\n`)
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
