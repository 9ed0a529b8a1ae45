// Rule packs, corrections and the ledger as an admin meets them.
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { only, refusal, rest, serve } from '@/app/console/testing'
import type { AdjustmentRowFragment, PackBodyFragment } from '@/shared/gql/console/credits/graphql'
import ActivateSheet from './ActivateSheet.vue'
import AddRulePackPage from './AddRulePackPage.vue'
import AdjustmentDecision from './AdjustmentDecision.vue'
import DryRunPanel from './DryRunPanel.vue'
import LedgerPage from './LedgerPage.vue'
import PackRules from './PackRules.vue'
import ProposeSheet from './ProposeSheet.vue'
import TryFact from './TryFact.vue'

const toasts = { ok: vi.fn(), fail: vi.fn(), show: vi.fn() }
const router = { push: vi.fn(), replace: vi.fn() }
const viewer = { id: 'per_me' }
vi.mock('@/app/toasts', () => ({ useToasts: () => toasts }))
vi.mock('@/app/session', () => ({ useSession: () => ({ viewer, school: null, has: () => true }) }))
vi.mock('vue-router', async (real) => ({
  ...(await real<object>()),
  useRouter: () => router,
  useRoute: () => ({ name: 'rules', query: {}, meta: {} }),
}))
enableAutoUnmount(afterEach)
beforeEach(() => localStorage.clear())
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

const stubs = { RouterLink: { template: '<a><slot /></a>' } }
const show = (component: object, props: object = {}) =>
  mount(component as never, {
    props: props as never,
    attachTo: document.body,
    global: { stubs },
  }) as VueWrapper
function press(on: VueWrapper, text: string) {
  const found = on.findAll('button').filter((button) => button.text().startsWith(text))
  const last = found.at(-1)
  if (!last) throw new Error(`no button ${text}`)
  return last.trigger('click')
}
const basis = { __typename: 'Basis' as const, document: '积分办法', edition: null, article: '第五条' }
const pack = (confirmed: boolean): PackBodyFragment => ({
  __typename: 'RulePack',
  id: 'pck_1',
  version: 'college-2026',
  title: '学院规则',
  state: 'DRAFT',
  effective: null,
  unconfirmed: confirmed ? 0 : 1,
  source: 'version = "college-2026"\n',
  rules: [
    {
      __typename: 'PackRule',
      key: 'reading.done',
      title: '阅读完成',
      measure: 'POINTS',
      text: '每读完一篇计 5 分。',
      numbers: [
        {
          __typename: 'PackNumber',
          path: 'rules.reading.done.amount',
          label: '每篇',
          value: '5 分',
          basis: {
            ...basis,
            note: null,
            confirmedOn: confirmed ? '2026-11-20' : null,
            confirmation: null,
            confirmedBy: confirmed ? '许明华' : null,
          },
        },
      ],
    },
  ],
})

describe('the basis of a number', () => {
  it('is told as unchecked until somebody confirms it, with a note', async () => {
    const asked = serve({
      ConfirmBasis: { confirmBasis: { __typename: 'RulePackPayload', pack: pack(true) } },
    })
    const rules = show(PackRules, { pack: pack(false), editable: true })
    expect(rules.text()).toContain('依据待学校核对')
    await press(rules, '确认依据')
    await rules.get('textarea').setValue('对照原文第 3 页')
    await rules.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'ConfirmBasis')).toEqual([
      { version: 'college-2026', path: 'rules.reading.done.amount', note: '对照原文第 3 页' },
    ])
    expect(rules.emitted('changed')).toHaveLength(1)
  })
  it('names who confirmed it and when, and asks no more', () => {
    const rules = show(PackRules, { pack: pack(true), editable: true })
    expect(rules.text()).toContain('许明华于 2026-11-20 核对')
    expect(rules.text()).not.toContain('依据待学校核对')
    expect(rules.findAll('button')).toHaveLength(0)
  })
  it('is nothing that readers can confirm', () => {
    const rules = show(PackRules, { pack: pack(false), editable: false })
    expect([rules.text().includes('依据待学校核对'), rules.findAll('button').length]).toEqual([true, 0])
  })
})

describe('a new pack', () => {
  it('with faults shows each below its line, and keeps the text', async () => {
    const faults = ['第 1 行第 1 列：缺少版本号。', '第 2 行第 9 列：缺少依据。']
    serve({
      AddRulePack: () => ({
        errors: [
          {
            message: '规则包有误。',
            extensions: { code: 'INVALID', fields: faults.map((message) => ({ path: 'toml', message })) },
          },
        ],
      }),
    })
    const page = show(AddRulePackPage)
    await page.get('textarea').setValue('title = "x"\namount = "5"')
    await page.get('form').trigger('submit')
    await rest()
    const lines = page.findAll('.source li')
    expect(lines.map((line) => line.find('p').text())).toEqual([
      expect.stringContaining('缺少版本号。'),
      expect.stringMatching(/第 9 列.*缺少依据。/s),
    ])
    expect(page.get('textarea').element.value).toContain('amount')
    expect(router.push).not.toHaveBeenCalled()
  })
  it('without a fault leads to its page', async () => {
    const added = { __typename: 'RulePack', id: 'pck_2', version: 'v2' }
    serve({ AddRulePack: { addRulePack: { __typename: 'RulePackPayload', pack: added } } })
    const page = show(AddRulePackPage)
    await page.get('textarea').setValue('version = "v2"')
    await page.get('form').trigger('submit')
    await rest()
    expect(router.push).toHaveBeenCalledWith({ name: 'rulePack', params: { version: 'v2' } })
  })
})

describe('putting a pack into force', () => {
  const open = { pack: pack(false), modelValue: true }
  it('says that old records stay, and asks for no day of the past', async () => {
    const asked = serve({
      ActivateRulePack: { activateRulePack: { __typename: 'RulePackPayload', pack: pack(false) } },
    })
    const sheet = show(ActivateSheet, open)
    expect(sheet.text()).toContain('旧记录保持不变')
    await sheet.get('input').setValue('2020-01-01')
    await sheet.get('form').trigger('submit')
    await rest()
    expect([asked.length, sheet.get('[role=alert]').text()]).toEqual([0, '不能早于今天。'])
    await sheet.get('input').setValue('2099-09-01')
    await sheet.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'ActivateRulePack')).toEqual([{ version: 'college-2026', from: '2099-09-01' }])
    expect(sheet.emitted('activated')).toHaveLength(1)
  })
})

it('one fact shows what it earns, and why the rest is not earned', async () => {
  const rule = { __typename: 'Rule', key: 'video.minute', title: '视频学习' }
  const other = { __typename: 'Rule', key: 'reading.done', title: '阅读完成' }
  const asked = serve({
    TryFact: {
      tryFact: {
        __typename: 'Trial',
        grants: [{ __typename: 'TrialGrant', measure: 'POINTS', amount: '10', note: '看满 10 分钟。', rule }],
        declined: [{ __typename: 'TrialDecline', reason: '不是阅读。', rule: other }],
      },
    },
  })
  const page = show(TryFact, { version: 'college-2026' })
  await page.get('form').trigger('submit')
  await rest()
  expect(only(asked, 'TryFact')[0]).toMatchObject({
    input: { version: 'college-2026', event: 'minute', minutes: 10 },
  })
  expect(page.text()).toMatch(/视频学习.*\+10 积分/s)
  expect(page.text()).toMatch(/阅读完成.*不是阅读。/s)
})

it('a dry run is started, looked after, and ends in its figures', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const state = (status: string, progress: number) => ({
    __typename: 'DryRun',
    id: 'dry_1',
    status,
    progress,
    version: 'college-2026',
    failure: null,
    students: status === 'READY' ? 40 : 0,
    changed: 0,
    term: { __typename: 'Term', id: 'trm_1', name: '2026 春' },
    totals:
      status === 'READY'
        ? [{ __typename: 'DryRunTotal', measure: 'POINTS', before: '10', after: '12.5' }]
        : [],
  })
  const none = {
    __typename: 'DryRunConnection',
    nodes: [],
    pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
  }
  const term = (id: string, name: string, starts: string, ends: string) => ({ id, name, starts, ends })
  const asked = serve({
    DryRunTerms: {
      terms: [
        term('trm_9', '2099 春', '2099-02-01', '2099-07-31'),
        term('trm_2', '2026 秋', '2026-08-01', '2027-01-31'),
        term('trm_1', '2026 春', '2026-02-01', '2026-07-31'),
      ],
    },
    StartDryRun: { startDryRun: { __typename: 'DryRunPayload', dryRun: state('QUEUED', 0) } },
    DryRunState: { dryRun: state('READY', 1) },
    DryRunRows: { dryRun: { __typename: 'DryRun', id: 'dry_1', rows: none } },
  })
  const panel = show(DryRunPanel, { version: 'college-2026' })
  await rest()
  const pick = panel.get('select')
  // What has not begun has no facts; the newest that has comes first.
  expect(pick.findAll('option').map((option) => option.text())).toEqual(['2026 秋', '2026 春'])
  await pick.setValue('trm_1')
  await press(panel, '开始试运行')
  await rest()
  expect(only(asked, 'StartDryRun')).toEqual([{ version: 'college-2026', termId: 'trm_1' }])
  expect(panel.get('[role=status]').text()).toContain('已提交')
  expect(router.replace).toHaveBeenCalledWith({ query: { run: 'dry_1' } })
  await vi.advanceTimersByTimeAsync(1000)
  await rest()
  expect(only(asked, 'DryRunState')).toEqual([{ id: 'dry_1' }])
  expect(panel.text()).toContain('2026 春')
  expect(panel.text()).toContain('相差 +2.5')
})

describe('a correction', () => {
  const person = (id: string, name: string) => ({ __typename: 'Person' as const, id, name })
  const adjustment = (change: Partial<AdjustmentRowFragment>): AdjustmentRowFragment => ({
    __typename: 'Adjustment',
    id: 'adj_1',
    status: 'PROPOSED',
    measure: 'HOURS',
    amount: '2',
    reason: '签到机故障',
    proposedAt: '2026-11-20T02:00:00.000Z',
    decidedAt: null,
    decision: null,
    mayDecide: true,
    proposedBy: person('per_other', '梁文静'),
    decidedBy: null,
    student: {
      __typename: 'Student',
      id: 'per_7',
      number: '1',
      name: '林晚晴',
      unit: { __typename: 'Unit', id: 'unt_1', name: '一支部' },
    },
    ...change,
  })
  const payload = { __typename: 'AdjustmentPayload', adjustment: { id: 'adj_1', status: 'APPROVED' } }

  it('is approved by a press, and the words of the outcome take the focus', async () => {
    const asked = serve({ ApproveAdjustment: { approveAdjustment: payload } })
    const decision = show(AdjustmentDecision, { adjustment: adjustment({}) })
    await press(decision, '通过')
    await rest()
    expect(only(asked, 'ApproveAdjustment')).toEqual([{ id: 'adj_1' }])
    expect(document.activeElement?.textContent).toContain('已通过')
  })
  it('is rejected only with a reason', async () => {
    const asked = serve({ RejectAdjustment: { rejectAdjustment: payload } })
    const decision = show(AdjustmentDecision, { adjustment: adjustment({}) })
    await press(decision, '驳回')
    expect(decision.get('button[type=submit]').attributes('disabled')).toBeDefined()
    await decision.get('textarea').setValue('依据不足')
    await decision.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'RejectAdjustment')).toEqual([{ id: 'adj_1', reason: '依据不足' }])
  })
  it.each([
    [{ proposedBy: person('per_me', '许明华') }, '由你提出'],
    [{ student: { ...adjustment({}).student, id: 'per_me' } }, '涉及你本人'],
    [{}, '你只能查看'],
  ])('%#: who may not decide reads why', (change, why) => {
    const decision = show(AdjustmentDecision, { adjustment: adjustment({ ...change, mayDecide: false }) })
    expect(decision.text()).toContain(why)
    expect(decision.findAll('button')).toHaveLength(0)
  })
  it('is proposed for a student who was found by name', async () => {
    const student = { ...adjustment({}).student, stage: 'ACTIVIST' }
    const asked = serve({
      FindStudents: { students: [student] },
      ProposeAdjustment: {
        proposeAdjustment: { __typename: 'AdjustmentPayload', adjustment: { id: 'adj_2' } },
      },
    })
    const sheet = show(ProposeSheet, { modelValue: true })
    await press(sheet, '提交审批')
    expect(sheet.findAll('[role=alert]')).toHaveLength(3)
    await sheet.get('input[type=search]').setValue('林')
    await sheet.get('input[type=search]').trigger('keydown', { key: 'Enter' })
    await rest()
    await press(sheet, '林晚晴')
    await sheet.findAll('select')[1]?.setValue('-')
    await sheet.get('input[inputmode=decimal]').setValue('1.5')
    await sheet.get('textarea').setValue('重复计入')
    await press(sheet, '提交审批')
    await rest()
    expect(only(asked, 'ProposeAdjustment')).toEqual([
      { input: { studentId: 'per_7', measure: 'HOURS', amount: '-1.5', reason: '重复计入' } },
    ])
    expect(sheet.emitted('proposed')).toHaveLength(1)
  })
})

describe('the ledger', () => {
  const health = (change: object) => ({
    __typename: 'LedgerHealth',
    entries: 120,
    blocks: 4,
    lastSealedAt: '2026-11-20T02:00:00.000Z',
    verified: null,
    verifiedAt: null,
    verifiedEntries: null,
    firstFault: null,
    publicKey: 'MCow',
    ...change,
  })
  it('is verified by a press, and tells the first fault in words', async () => {
    const broken = health({
      verified: false,
      verifiedEntries: 118,
      verifiedAt: '2026-11-20T03:00:00.000Z',
      firstFault: '第 57 条记录的数额与封存时不同。',
    })
    serve({ LedgerState: { ledgerHealth: health({}) }, VerifyLedger: { verifyLedger: broken } })
    const page = show(LedgerPage)
    await rest()
    expect(page.text()).toContain('还没有校验过')
    await press(page, '立即校验')
    await rest()
    expect(page.text()).toContain('第 57 条记录的数额与封存时不同。')
    expect(page.text()).toContain('共读取 118 条记录')
    expect(document.activeElement?.textContent).toContain('发现不一致')
  })
  it('says on the page that it was refused', async () => {
    serve({ LedgerState: () => refusal('FORBIDDEN', '你没有这项权限。') })
    const page = show(LedgerPage)
    await rest()
    expect(page.get('[role=alert]').text()).toContain('你没有这项权限。')
  })
})
