// What a rule wants approved: a pack says so, a student reads, an admin says yes to one grant and no to another.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ask } from '../client.ts'
import { expect, main, settled, test } from '../world.ts'

test.beforeEach(({}, info) => test.skip(info.project.name !== 'desktop', 'a page for desks'))

const shipped = fileURLToPath(new URL('../../../api/credits/packs/demo.toml', import.meta.url))
const rule = (key: string, title: string, measure: string, value: string) => `
[[rules]]
key = "${key}"
title = "${title}"
event = "reading"
measure = "${measure}"
approval = true
pays = { amount = { value = "${value}", basis = "demo" } }
`
/** The demo's pack, and two rules that hand a finished reading to an admin. */
const pack = () =>
  readFileSync(shipped, 'utf8').replaceAll('demo-1', 'e2e-approval') +
  rule('notes.hours', '研读心得', 'hours', '0.5') +
  rule('notes.points', '研读讨论', 'points', '2')

async function wanted<Data>(who: 'admin' | 's2', query: string, variables: object): Promise<Data> {
  const { data, errors } = await ask<Data>(who, query, variables)
  if (errors || !data) throw new Error(JSON.stringify(errors))
  return data
}

interface Opened {
  openStudy: { id: string; nextSeq: number; material: { blocks: unknown[] } }
}
interface Beaten {
  heartbeat: { nextSeq: number; completed: boolean }
}
interface Lessons {
  courses: {
    nodes: { chapters: { lessons: { id: string; progress?: { completed: boolean } | null }[] }[] }[]
  }
}
/** As fast as a person may. */
async function read() {
  const lessons =
    '{ courses(first: 10) { nodes { chapters { lessons { __typename ... on ReadingLesson { id progress { completed } } } } } } }'
  const all = (await wanted<Lessons>('s2', lessons, {})).courses.nodes.flatMap(({ chapters }) => chapters)
  const open = all.flatMap((one) => one.lessons).find(({ progress }) => progress?.completed === false)
  if (!open) throw new Error('every reading is finished')
  const start =
    'mutation($id: ID!) { openStudy(lessonId: $id) { id nextSeq material { ... on ReadingMaterial { html blocks { index } } } } }'
  const { openStudy: study } = await wanted<Opened>('s2', start, { id: open.id })
  const beat = 'mutation($input: HeartbeatInput!) { heartbeat(input: $input) { nextSeq completed } }'
  const spans = [{ start: 0, end: study.material.blocks.length }]
  let seq = study.nextSeq
  await expect(async () => {
    const input = { studyId: study.id, seq, spans }
    const { heartbeat } = await wanted<Beaten>('s2', beat, { input })
    seq = heartbeat.nextSeq
    expect(heartbeat.completed).toBe(true)
  }).toPass({ intervals: [5_000], timeout: 240_000 })
}

test('what waits for approval is approved, or rejected with a reason', async ({ as }) => {
  test.setTimeout(300_000)
  await wanted('admin', 'mutation($toml: String!) { addRulePack(toml: $toml) { pack { id } } }', {
    toml: pack(),
  })
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())
  const activate =
    'mutation($from: Date!) { activateRulePack(version: "e2e-approval", from: $from) { pack { id } } }'
  await wanted('admin', activate, { from: today })
  const page = await as('admin')
  await page.goto('/console/waiting')
  await settled(page)
  await expect(main(page)).toContainText('没有待审批的计分')

  await read()
  const rows = main(page).getByRole('row').filter({ hasText: '研读' })
  await expect(async () => {
    await page.reload()
    await settled(page)
    await expect(rows).toHaveCount(2, { timeout: 1_000 })
  }).toPass({ timeout: 30_000 })
  await rows.filter({ hasText: '研读讨论' }).getByRole('button', { name: /^审批/ }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet).toContainText('+2 积分')
  await sheet.getByRole('button', { name: '驳回…' }).click()
  await sheet.getByRole('button', { name: '驳回', exact: true }).click()
  await expect(sheet.getByRole('alert')).toContainText('请写明理由')
  await sheet.getByLabel('驳回理由').fill('没有参加讨论')
  await sheet.getByRole('button', { name: '驳回', exact: true }).click()
  await expect(page.getByText('已驳回，没有记入明细。')).toBeVisible()
  await expect(rows).toHaveCount(1)
  await rows.getByRole('button', { name: /^审批/ }).click()
  await sheet.getByRole('button', { name: '通过' }).click()
  await expect(page.getByText('已通过：+0.5 学时。')).toBeVisible()
  await expect(main(page)).toContainText('没有待审批的计分')

  const student = await as('s2')
  await student.goto('/credits')
  await settled(student)
  const ledger = main(student).getByRole('tabpanel')
  await expect(ledger.getByRole('listitem').filter({ hasText: '研读心得' })).toContainText('+0.5 学时')
  await expect(ledger).not.toContainText('研读讨论')
})
