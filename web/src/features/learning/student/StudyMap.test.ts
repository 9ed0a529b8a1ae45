import { mount, RouterLinkStub } from '@vue/test-utils'
import { ref, shallowRef } from 'vue'
import { describe, expect, it } from 'vitest'
import StudyMap from './StudyMap.vue'
import type { OpenedStudy, StudySession } from './useStudy'
import type { WatchMap } from './watchMap'

const span = (start: number, end: number) => ({ start, end })
const video = { lesson: { id: 'les_1', title: '一课' }, material: { __typename: 'VideoMaterial' } }
const reading = { lesson: { id: 'les_1', title: '一课' }, material: { __typename: 'ReadingMaterial' } }

function open(map: Partial<WatchMap>, study: object = video, recorded = 0, waits: object = {}) {
  const session = {
    check: { again: shallowRef<object>(), check: shallowRef<object>(), ...waits },
    map: shallowRef({ end: 100_000, covered: [], pending: [], refused: [], ...map }),
    recorded: ref(recorded),
    trouble: ref(recorded > 0 ? 'offline' : null),
  }
  return mount(StudyMap, {
    props: { session: session as unknown as StudySession, study: study as OpenedStudy },
    global: { stubs: { RouterLink: RouterLinkStub } },
  })
}

describe('what counts of a lesson', () => {
  const map = {
    covered: [span(0, 60_000)],
    pending: [span(60_000, 70_000)],
    refused: [{ ...span(80_000, 85_000), reason: 'NOT_SERVED' as const }],
  }
  it('is told in figures and as a list, not only drawn', () => {
    const text = open(map).text()
    expect(text).toContain('已计入1 分')
    expect(text).toContain('1:00–1:10 待确认')
    expect(text).toContain('为什么没有计入（2 处）')
  })
  it('leads to a second look, and to a review with the very places', async () => {
    const card = open(map)
    await card.get('button[aria-label="再看 1:20–1:25"]').trigger('click')
    expect(card.emitted('go')).toEqual([[80_000]])
    const { to } = card.findAllComponents(RouterLinkStub).at(-1)?.props() as { to: object }
    expect(to).toMatchObject({
      name: 'appeal-new',
      state: { lessonId: 'les_1', spans: [span(80_000, 85_000)], places: '1:20–1:25' },
    })
  })
  it('speaks of blocks in a reading', () =>
    expect(
      open({ end: 20, refused: [{ ...span(2, 4), reason: 'TOO_FAST' as const }] }, reading).text(),
    ).toContain('第 3–4 段'))
  it('never says all counts while something is only on this device', () => {
    const text = open({ covered: [span(0, 5000)] }, video, 20_000).text()
    expect(text).toContain('另有 20 秒记在本机')
    expect(text).not.toContain('都已计入')
  })
  it('of a lesson not begun says so', () => expect(open({}).text()).toContain('还没有开始'))
  it('leads to the stretch that brings the next question, not to what waits for it', async () => {
    const waits = { again: ref(span(30_000, 45_000)) }
    const card = open({ pending: [span(60_000, 70_000)] }, video, 0, waits)
    expect(card.get('details').text()).toContain('先再看 0:30–0:45，随后还会问到')
    expect(card.findAll('button')).toHaveLength(1)
    await card.get('button').trigger('click')
    expect(card.emitted('go')).toEqual([[30_000]])
  })
  it('leads nowhere while a question waits for its answer, and to the place itself when none does', () => {
    const pending = [span(60_000, 70_000)]
    const asked = open({ pending }, video, 0, { check: ref({ id: 'chk_1' }) })
    expect([asked.findAll('button').length, asked.text().includes('答对正在等你的那道随堂题')]).toEqual([
      0,
      true,
    ])
    const none = open({ pending })
    expect([none.get('button').text(), none.text().includes('再看一遍这一段就会计入')]).toEqual([
      '1:00–1:10',
      true,
    ])
  })
})
