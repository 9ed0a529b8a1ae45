import { beforeEach, describe, expect, it, vi } from 'vitest'
import { drop, keep, keepAtOnce, kept, owe, sameContent, type Kept } from './outbox'
import { add, nextBeat, openQueue, owed } from './queue'

/** happy-dom has no database; a map stands for it, and can be out of order. */
const table = vi.hoisted(() => ({ rows: new Map<string, unknown>(), broken: false }))
vi.mock('idb-keyval', () => {
  const run = <T>(act: () => T) =>
    table.broken ? Promise.reject(new Error('no database')) : Promise.resolve(act())
  return {
    createStore: () => ({}),
    set: (key: string, value: unknown) => run(() => table.rows.set(key, structuredClone(value))),
    del: (key: string) => run(() => table.rows.delete(key)),
    entries: () => run(() => [...table.rows]),
  }
})
beforeEach(() => {
  localStorage.clear()
  table.rows.clear()
  table.broken = false
})

const seen = { visible: true, rate: 1 }
const queue = add(openQueue(3), [{ start: 0, end: 5000 }], seen, 0)
const record = (more: Partial<Kept> = {}): Kept => ({
  studyId: 'stu_1',
  lessonId: 'les_1',
  person: 'per_1',
  reading: false,
  queue,
  at: 1000,
  ...more,
})
const found = () => kept('per_1', 2000)

describe('what could not be sent', () => {
  it('is kept with its study, its number and the beat in flight', async () => {
    const [flying] = nextBeat(queue, seen, 0)
    await keep(record({ queue: flying }))
    expect(await found()).toEqual([record({ queue: flying })])
  })
  it('is kept where there is no database', async () => {
    table.broken = true
    await keep(record())
    expect(await found()).toEqual([record()])
    await drop(record())
  })
  it('is written at once when the page goes, and the newer copy is the one that holds', async () => {
    await keep(record())
    keepAtOnce(record({ at: 1500 }))
    expect((await found()).map(({ at }) => at)).toEqual([1500])
    await keep(record({ at: 1400 }))
    expect((await found()).map(({ at }) => at)).toEqual([1500])
    await keep(record({ at: 1600 }))
    expect((await found()).map(({ at }) => at)).toEqual([1600])
  })
  it('goes when everything was answered', async () => {
    await keep(record())
    keepAtOnce(record())
    await drop(record())
    expect(await found()).toEqual([])
  })
  it('of two tabs stands side by side', async () => {
    await keep(record())
    await keep(record({ studyId: 'stu_2' }))
    await drop(record())
    expect((await found()).map(({ studyId }) => studyId)).toEqual(['stu_2'])
  })
  it('is of nobody else', async () => {
    await keep(record())
    expect(await kept('per_2', 2000)).toEqual([])
    expect(await found()).toHaveLength(1)
  })
  it('is given up after a week', async () => {
    await keep(record())
    expect(await kept('per_1', 8 * 86_400_000)).toEqual([])
    expect(table.rows.size).toBe(0)
  })
  it('is nothing where the store is spoilt', async () => {
    localStorage.setItem('xianfeng:unsent:stu_1', '{"studyId":1}')
    localStorage.setItem('xianfeng:unsent:stu_2', 'x')
    expect(await found()).toEqual([])
  })
})

it('a study that is over leaves what it owed to its lesson, added to what was owed before', async () => {
  await keep(record())
  await owe(record(), owed(queue))
  await owe(record({ studyId: 'stu_2' }), owed(add(openQueue(1), [{ start: 9000, end: 9900 }], seen, 0)))
  const [heir, ...more] = await found()
  expect([heir?.studyId, heir?.lessonId, more]).toEqual([null, 'les_1', []])
  expect(heir?.queue.waiting.flatMap(({ spans }) => spans)).toEqual([
    { start: 0, end: 5000 },
    { start: 9000, end: 9900 },
  ])
})

it('what is owed of another text is kept apart from it', async () => {
  const of = (version: string) => record({ content: { version, end: 9 } })
  await owe(of('v1'), owed(queue))
  await owe(of('v2'), owed(queue))
  expect((await found()).map(({ content }) => content?.version)).toEqual(['v1', 'v2'])
})

it.each([
  ['the same text', { version: 'a', end: 9 }, { version: 'a', end: 9 }, true],
  ['another text of as many blocks', { version: 'a', end: 9 }, { version: 'b', end: 9 }, false],
  ['a video encoded anew', { version: null, end: 600_000 }, { version: null, end: 598_000 }, true],
  ['another video', { version: null, end: 600_000 }, { version: null, end: 500_000 }, false],
])('%s', (_, one, other, same) => expect(sameContent(one, other)).toBe(same))
