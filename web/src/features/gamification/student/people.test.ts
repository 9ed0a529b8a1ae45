import urql from '@urql/vue'
import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { api } from '@/app/api'
import { only, rest, serve } from '@/app/testing'
import PlayPeople from './PlayPeople.vue'

const toasts = { ok: vi.fn(), fail: vi.fn(), show: vi.fn() }
vi.mock('@/app/toasts', () => ({ useToasts: () => toasts }))
enableAutoUnmount(afterEach)
afterEach(() => {
  vi.clearAllMocks()
  vi.unstubAllGlobals()
})

const show = (choice: { shown: boolean; nickname: string | null }) =>
  mount(PlayPeople, {
    props: { choice: { __typename: 'BoardChoice', ...choice } },
    attachTo: document.body,
    global: { plugins: [[urql, api]] },
  })

it('marks only oneself among equals', async () => {
  const row = (name: string, me: boolean) => ({
    __typename: 'LeaderboardRow',
    rank: 2,
    name,
    points: '8',
    me,
  })
  serve({
    Board: { leaderboard: { __typename: 'Leaderboard', rows: [row('远山', false), row('青石', true)] } },
  })
  const page = show({ shown: true, nickname: '青石' })
  await rest()
  const rows = page.findAll('li')
  expect(rows.map((one) => one.text().includes('我'))).toEqual([false, true])
})

it('asks for a nickname of 2 to 12 characters before it asks the server', async () => {
  const asked = serve({ SetBoard: { setBoard: { __typename: 'ViewerPayload', viewer: null } } })
  const page = show({ shown: false, nickname: null })
  const join = page.findAll('button').find((one) => one.text() === '参加')
  await join?.trigger('click')
  await rest()
  const input = () => document.querySelector<HTMLInputElement>('input[name="nickname"]')
  const enter = async (text: string) => {
    const field = input()
    if (!field) throw new Error('no field')
    field.value = text
    field.dispatchEvent(new Event('input'))
    field.form?.dispatchEvent(new Event('submit', { cancelable: true }))
    await rest()
  }
  for (const text of ['', '山', '一'.repeat(13)]) {
    await enter(text)
    expect(input()?.getAttribute('aria-invalid')).toBe('true')
    expect(document.body.textContent).toContain('昵称须为 2 到 12 个字')
  }
  expect(only(asked, 'SetBoard')).toEqual([])
  await enter(' 远山 ')
  expect(only(asked, 'SetBoard')).toEqual([{ shown: true, nickname: '远山' }])
})
