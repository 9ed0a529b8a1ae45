import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reconnect } from '@/app/api'
import { useSession } from '@/app/session'
import { forgetStores } from '@/app/store'
import { fakeServer } from './fakeServer'
import type { Span } from './model'
import { useStudy } from './useStudy'

const table = vi.hoisted(() => new Map<string, unknown>())
vi.mock('idb-keyval', () => ({
  createStore: () => ({}),
  set: async (key: string, value: unknown) => void table.set(key, structuredClone(value)),
  del: async (key: string) => void table.delete(key),
  entries: async () => [...table],
}))

const viewer = {
  __typename: 'Viewer' as const,
  id: 'per_1',
  name: '晓明',
  roles: [],
  stage: 'ACTIVIST' as const,
  unit: null,
}
const span = (start: number, end: number): Span => ({ start, end })
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
let scopes: EffectScope[] = []

/** A tab with a player whose tape the test fills. */
async function tab() {
  const scope = effectScope()
  scopes.push(scope)
  const tape: Span[] = []
  const session = scope.run(() => useStudy(() => 'les_1'))
  if (!session) throw new Error('no scope')
  session.gatherFrom(() => tape.splice(0))
  session.open()
  await pass(50)
  return {
    session,
    play: (start: number, end: number) => tape.push(span(start, end)),
    close: () => scope.stop(),
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  localStorage.clear()
  table.clear()
  forgetStores()
  reconnect()
  useSession().viewer = viewer
})
afterEach(() => {
  for (const scope of scopes) scope.stop()
  scopes = []
  vi.useRealTimers()
})

describe('beats', () => {
  it('go out one after the other under consecutive numbers', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    play(0, 6000)
    await pass(6100)
    play(6000, 12_000)
    await pass(6100)
    expect(server.beats.map(({ seq, spans }) => [seq, spans])).toEqual([
      [1, [span(0, 6000)]],
      [2, [span(6000, 12_000)]],
    ])
    expect(session.covered.value).toEqual([span(0, 12_000)])
    expect(session.recorded.value).toBe(0)
  })
  it('wait for the answer before; what was played meanwhile follows at once', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    let answer = () => {}
    server.wait = new Promise((resolve) => (answer = resolve))
    play(0, 6000)
    session.beat()
    await pass(10)
    play(6000, 7000)
    session.beat()
    await pass(10)
    expect(server.beats).toHaveLength(1)
    answer()
    await pass(50)
    expect(server.beats.map(({ spans }) => spans)).toEqual([[span(0, 6000)], [span(6000, 7000)]])
  })
  it('are a sign of life once a minute when nothing is played', async () => {
    const { server } = fakeServer()
    await tab()
    await pass(59_000)
    expect(server.beats).toHaveLength(0)
    await pass(4000)
    expect(server.beats.map(({ spans }) => spans)).toEqual([[]])
  })
  it('tell what played in sight apart from what played out of sight', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    play(0, 1000)
    const sight = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    await pass(50)
    play(1000, 2000)
    session.beat()
    await pass(50)
    expect(server.beats.map(({ visible, spans }) => [visible, spans])).toEqual([
      [true, [span(0, 1000)]],
      [false, [span(1000, 2000)]],
    ])
    sight.mockRestore()
  })
})

describe('without a line', () => {
  it('nothing is lost: it is recorded, said, and told when the line is back', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    server.line = 'down'
    for (let at = 0; at < 200_000; at += 2000) {
      play(at, at + 2000)
      await pass(2000)
    }
    expect([session.trouble.value, session.recorded.value]).toEqual(['offline', 200_000])
    server.line = 'up'
    window.dispatchEvent(new Event('online'))
    await pass(200)
    expect(server.covered).toEqual([span(0, 200_000)])
    expect(server.beats.map(({ seq }) => seq)).toEqual([1, 2])
    expect([session.trouble.value, session.recorded.value, table.size]).toEqual([null, 0, 0])
  })
  it('a lost answer is heard again with the same beat, and counted once', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    server.line = 'deaf'
    play(0, 6000)
    session.beat()
    await pass(50)
    expect(server.beats).toHaveLength(1)
    server.line = 'up'
    play(6000, 8000)
    await pass(9000)
    expect(server.beats.map(({ seq, spans }) => [seq, spans])).toEqual([
      [1, [span(0, 6000)]],
      [2, [span(6000, 8000)]],
    ])
  })
  it('a tab that closes leaves it to the next one', async () => {
    const { server } = fakeServer()
    const first = await tab()
    server.line = 'down'
    first.play(0, 6000)
    await pass(7000)
    first.play(6000, 9000)
    first.close()
    await pass(100)
    server.line = 'up'
    const { session } = await tab()
    await pass(200)
    expect(server.beats.every(({ studyId }) => studyId === 'stu_1')).toBe(true)
    expect(server.covered).toEqual([span(0, 9000)])
    expect(session.covered.value).toEqual([span(0, 9000)])
  })
  it('signing out in the middle of a lesson leaves it to the same person', async () => {
    const { server } = fakeServer()
    const first = await tab()
    server.line = 'down'
    first.play(0, 3000)
    useSession().viewer = null
    first.close()
    await pass(100)
    expect([...table.values()]).toMatchObject([{ person: 'per_1', lessonId: 'les_1' }])
  })
  it('a reload between sending and answer sends the very same beat', async () => {
    const { server } = fakeServer()
    const first = await tab()
    server.line = 'deaf'
    first.play(0, 6000)
    first.session.beat()
    await pass(50)
    const kept = structuredClone([...table])
    first.close()
    table.clear()
    localStorage.clear()
    for (const [key, value] of kept) table.set(key, value)
    server.line = 'up'
    await tab()
    await pass(100)
    expect(server.beats).toHaveLength(1)
    expect([server.covered, table.size]).toEqual([[span(0, 6000)], 0])
  })
})

describe('the lease', () => {
  it('that went to another device is said, and nothing more is told', async () => {
    const { server, takeAway } = fakeServer()
    const { session, play } = await tab()
    takeAway()
    play(0, 6000)
    await pass(6100)
    expect(session.lost.value).toBe(true)
    play(6000, 12_000)
    await pass(70_000)
    expect(server.beats).toHaveLength(1)
  })
  it('is taken back with what was still owed, claimed again under the new study', async () => {
    const { server, takeAway } = fakeServer()
    const { session, play } = await tab()
    takeAway()
    play(0, 6000)
    await pass(6100)
    session.reopen()
    await pass(200)
    expect([session.lost.value, session.study.value?.id]).toEqual([false, 'stu_3'])
    expect(server.covered).toEqual([span(0, 6000)])
  })
  it('two tabs: the older one stops, nothing counts twice or gets lost', async () => {
    const { server } = fakeServer()
    const first = await tab()
    first.play(0, 4000)
    await pass(2100)
    const second = await tab()
    first.play(4000, 6000)
    second.play(6000, 9000)
    await pass(13_000)
    expect([first.session.lost.value, second.session.lost.value]).toEqual([true, false])
    first.session.reopen()
    await pass(200)
    expect(server.covered).toEqual([span(0, 9000)])
  })
  it('an address that ran out: the page goes on under a new study, the old one is told first', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    play(0, 3000)
    session.reopen()
    expect(session.study.value?.id).toBe('stu_1')
    await pass(200)
    expect(session.study.value?.id).toBe('stu_2')
    expect(server.beats.map(({ studyId }) => studyId)).toEqual(['stu_1'])
    expect(session.covered.value).toEqual([span(0, 3000)])
  })
})

describe('refusals', () => {
  it('are in the map with their reason, and go when the place counts', async () => {
    const { server } = fakeServer()
    const { session, play } = await tab()
    server.refuse = () => [{ ...span(0, 6000), reason: 'HIDDEN' }]
    play(0, 6000)
    await pass(6100)
    expect(session.map.value.refused).toEqual([{ ...span(0, 6000), reason: 'HIDDEN' }])
    expect(session.refusal.value).toBe('HIDDEN')
    server.refuse = () => []
    play(0, 6000)
    await pass(6100)
    expect([session.map.value.refused, session.covered.value]).toEqual([[], [span(0, 6000)]])
  })
  it('as too fast are claimed again with the next beat, not at once', async () => {
    const { server } = fakeServer()
    const { play } = await tab()
    server.refuse = ({ seq }) => (seq === 1 ? [{ ...span(3000, 6000), reason: 'TOO_FAST' }] : [])
    play(0, 6000)
    await pass(6100)
    expect(server.beats).toHaveLength(1)
    await pass(6100)
    expect(server.covered).toEqual([span(0, 6000)])
  })
})

describe('a question', () => {
  const question = {
    id: 'chk_1',
    prompt: '党员有几项义务？',
    deadlineMs: 60_000,
    start: 0,
    end: 6000,
    options: [
      { key: 'right', text: '八项' },
      { key: 'wrong', text: '六项' },
    ],
  }
  async function asked() {
    const fake = fakeServer()
    const { server } = fake
    const opened = await tab()
    server.check = question
    server.pending = [span(0, 6000)]
    server.refuse = ({ seq }) => (seq === 1 ? [{ ...span(0, 6000), reason: 'CHECK_PENDING' }] : [])
    opened.play(0, 6000)
    await pass(6100)
    return { ...fake, ...opened, check: opened.session.check }
  }
  it('comes with an answer; what waits for it is told', async () => {
    const { session, check } = await asked()
    expect([check.shown.value, check.state.value, check.check.value?.id]).toEqual([true, 'asked', 'chk_1'])
    expect(session.map.value.pending).toEqual([span(0, 6000)])
  })
  it('answered right releases what waited', async () => {
    const { session, check } = await asked()
    await check.answer('right')
    await pass(100)
    expect([check.state.value, check.releasedMs.value]).toEqual(['passed', 6000])
    expect([session.covered.value, session.map.value.pending]).toEqual([[span(0, 6000)], []])
    check.dismiss()
    expect(check.check.value).toBeNull()
  })
  it('answered wrong leads back to the stretch', async () => {
    const { check } = await asked()
    await check.answer('wrong')
    expect([check.state.value, check.again.value]).toEqual(['again', span(12_000, question.end)])
  })
  it('is not put twice, and can wait beside the player', async () => {
    const { session, check } = await asked()
    check.dismiss()
    expect([check.shown.value, check.check.value?.id]).toEqual([false, 'chk_1'])
    session.beat()
    await pass(100)
    expect(check.shown.value).toBe(false)
  })
  it('has more time for who needs it', async () => {
    const { check } = await asked()
    await check.extend()
    expect(Math.round(check.left.value / 1000)).toBe(90)
  })
  it('that was missed says which stretch to show again, and is asked again after it', async () => {
    const { server, check } = await asked()
    Object.assign(server, { check: null, again: span(question.start, question.end) })
    await pass(61_000)
    expect([check.state.value, check.again.value]).toEqual(['late', server.again])
    check.dismiss()
    expect(check.again.value, 'the sheet goes, the way stays').toEqual(server.again)
    Object.assign(server, { check: { ...question, id: 'chk_2' }, again: null })
    await pass(61_000)
    expect([check.shown.value, check.state.value, check.again.value]).toEqual([true, 'asked', null])
  })
  it('that was put aside and missed says so beside the lesson, not over it', async () => {
    const { server, check } = await asked()
    check.dismiss()
    Object.assign(server, { check: null, again: span(question.start, question.end) })
    await pass(61_000)
    expect([check.shown.value, check.check.value, check.again.value]).toEqual([false, null, server.again])
  })
  it('answered otherwise waits for its stretch, also when the page is loaded again', async () => {
    const { server, check, close } = await asked()
    await check.answer('wrong')
    server.again = span(12_000, 18_000)
    close()
    const { session } = await tab()
    const { shown, state, again } = session.check
    expect([shown.value, state.value, again.value]).toEqual([true, 'left', server.again])
  })
  it('that stands open when the lesson is opened is put at once', async () => {
    fakeServer().server.check = question
    const { session } = await tab()
    expect(session.check.shown.value).toBe(true)
  })
  it('that is answered does not come back with the answer to a beat that was under way', async () => {
    const { session, server, check } = await asked()
    await check.answer('wrong')
    server.check = question
    session.beat()
    await pass(100)
    expect([check.state.value, check.again.value?.start]).toEqual(['again', 12_000])
    check.dismiss()
    session.beat()
    await pass(100)
    expect(check.shown.value).toBe(false)
  })
  it('keeps the choice when the line breaks', async () => {
    const { server, check } = await asked()
    server.line = 'down'
    await check.answer('right')
    expect([check.state.value, check.refusal.value]).toEqual(['asked', expect.stringContaining('网络不通')])
  })
})

describe('what was read without a line', () => {
  async function comesBackTo(content: string) {
    const { server, takeAway } = fakeServer('reading')
    const before = await tab()
    server.line = 'down'
    before.play(0, 1)
    await pass(6100)
    before.close()
    Object.assign(server, { line: 'up', content })
    takeAway()
    await tab()
    await pass(200)
    return server.beats.filter(({ studyId }) => studyId === server.holder).flatMap(({ spans }) => spans)
  }
  it('is claimed when the lesson is opened again, but not in another text', async () => {
    expect(await comesBackTo('v1')).toEqual([span(0, 1)])
    expect(await comesBackTo('v2')).toEqual([])
  })
})
