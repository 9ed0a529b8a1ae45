// Grants that wait for approval, as an admin meets them.
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { only, rest, serve } from '@/app/console/testing'
import WaitingGrantsPage from './WaitingGrantsPage.vue'

const toasts = { ok: vi.fn(), fail: vi.fn(), show: vi.fn() }
vi.mock('@/app/toasts', () => ({ useToasts: () => toasts }))
vi.mock('@/app/session', () => ({ useSession: () => ({ viewer: { id: 'per_me' }, school: null }) }))
vi.mock('vue-router', async (real) => ({
  ...(await real<object>()),
  useRoute: () => ({ name: 'waitingGrants', query: {}, meta: {} }),
}))
enableAutoUnmount(afterEach)
afterEach(() => vi.clearAllMocks())

async function show() {
  const page = mount(WaitingGrantsPage, { attachTo: document.body })
  await rest()
  return page
}
function press(on: VueWrapper, text: string) {
  const last = on
    .findAll('button')
    .filter((button) => button.text().startsWith(text))
    .at(-1)
  if (!last) throw new Error(`no button ${text}`)
  return last.trigger('click')
}

describe('a grant that waits', () => {
  const grant = (mayDecide: boolean, studentId = 'per_7') => ({
    id: 'wtg_1',
    measure: 'POINTS',
    amount: '15',
    note: '读完全文',
    day: '2026-11-20',
    pack: 'school-1',
    createdAt: '2026-11-20T02:00:00.000Z',
    mayDecide,
    rule: { key: 'reading', title: '阅读完成' },
    student: { id: studentId, number: '1', name: '林晚晴', unit: { id: 'unt_1', name: '一支部' } },
  })
  const list = (...nodes: object[]) => ({
    waitingGrants: { nodes, pageInfo: { hasNextPage: false, endCursor: null } },
  })

  it('is approved, and what was posted is told', async () => {
    let open = true
    const asked = serve({
      WaitingGrants: () => (open ? list(grant(true)) : list()),
      ApproveGrant: () => {
        open = false
        return { approveGrant: { entries: [{ id: 'ent_1', measure: 'POINTS', amount: '5' }] } }
      },
    })
    const page = await show()
    await press(page, '审批')
    await press(page, '通过')
    await rest()
    expect(only(asked, 'ApproveGrant')).toEqual([{ id: 'wtg_1' }])
    expect(toasts.ok).toHaveBeenCalledWith('已通过：+5 积分。')
    expect(page.text()).toContain('没有待审批的计分')
  })
  it('is rejected only with a reason', async () => {
    const asked = serve({ WaitingGrants: list(grant(true)), RejectGrant: { rejectGrant: 'wtg_1' } })
    const page = await show()
    await press(page, '审批')
    await press(page, '驳回…')
    await press(page, '驳回')
    expect(page.text()).toContain('请写明理由')
    await page.get('textarea').setValue('与上篇雷同')
    await press(page, '驳回')
    await rest()
    expect(only(asked, 'RejectGrant')).toEqual([{ id: 'wtg_1', reason: '与上篇雷同' }])
    expect(toasts.ok).toHaveBeenCalledWith('已驳回，没有记入明细。')
  })
  it.each([
    ['per_me', '你本人'],
    ['per_7', '不在你负责的单位'],
  ])('of %s cannot be decided, and says why', async (student, why) => {
    serve({ WaitingGrants: list(grant(false, student)) })
    const page = await show()
    await press(page, '查看')
    expect(page.text()).toContain(why)
    expect(page.findAll('button').filter((button) => /^(通过|驳回)/.test(button.text()))).toHaveLength(0)
  })
})
