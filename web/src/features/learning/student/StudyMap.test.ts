import { mount, RouterLinkStub } from '@vue/test-utils'
import { ref, shallowRef } from 'vue'
import { describe, expect, it } from 'vitest'
import StudyMap from './StudyMap.vue'
import type { OpenedStudy, StudySession } from './useStudy'
import type { WatchMap } from './watchMap'

const span = (start: number, end: number) => ({ start, end })
const video = { lesson: { id: 'les_1', title: '一课' }, material: { __typename: 'VideoMaterial' } }
const reading = { lesson: { id: 'les_1', title: '一课' }, material: { __typename: 'ReadingMaterial' } }

function open(map: Partial<WatchMap>, study: object = video, recorded = 0) {
  const session = {
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
})
