import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { rest, serve } from '@/app/testing'
import CreditsWaiting from './CreditsWaiting.vue'

enableAutoUnmount(afterEach)
afterEach(() => vi.unstubAllGlobals())

const grant = (id: string, state: string, reason: string | null) => ({
  __typename: 'WaitingGrant',
  id,
  measure: 'HOURS',
  amount: '2',
  day: '2026-11-18',
  note: '线下党课，90 分钟',
  state,
  reason,
  rule: { __typename: 'Rule', key: 'talk', title: '线下党课' },
})
const answer = (nodes: unknown[], hasNextPage = false) => ({
  viewer: {
    __typename: 'Viewer',
    id: 'per_1',
    waitingGrants: {
      __typename: 'WaitingGrantConnection',
      pageInfo: { __typename: 'PageInfo', hasNextPage, endCursor: nodes.length ? 'c' : null },
      nodes,
    },
  },
})

it('says what waits, what was rejected and why, and brings what is older', async () => {
  const asked = serve({
    WaitingGrants: ({ after }) =>
      after
        ? answer([grant('wai_1', 'REJECTED', '签到表上没有')])
        : answer([grant('wai_2', 'OPEN', null)], true),
  })
  const page = mount(CreditsWaiting)
  await rest()
  expect(page.text()).toMatch(/待审核\s*线下党课.*\+2 学时/s)
  expect(page.text()).not.toContain('未通过的原因')
  await page.get('button').trigger('click')
  await rest()
  expect(asked.map(({ variables }) => variables.after)).toEqual([null, 'c'])
  expect(page.findAll('li')[1]?.text()).toMatch(/未通过.*未通过的原因：签到表上没有/s)
  expect(page.find('button').exists()).toBe(false)
})

it('is not there where nothing waits', async () => {
  serve({ WaitingGrants: answer([]) })
  const page = mount(CreditsWaiting)
  await rest()
  expect(page.text()).toBe('')
})
