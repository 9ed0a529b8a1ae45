// Answering a request for review.
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { only, rest, serve } from '@/app/console/testing'
import type { AppealQuery } from '@/shared/gql/console/appeals/graphql'
import AppealAnswer from './AppealAnswer.vue'
import AppealPanel from './AppealPanel.vue'

type Appeal = NonNullable<AppealQuery['appeal']>
const viewer = { id: 'per_me' }
vi.mock('@/app/toasts', () => ({ useToasts: () => ({ ok: vi.fn(), fail: vi.fn() }) }))
vi.mock('@/app/session', () => ({ useSession: () => ({ viewer, has: () => true }) }))
enableAutoUnmount(afterEach)

const entry: NonNullable<Appeal['entry']> = {
  __typename: 'LedgerEntry',
  id: 'ent_1',
  measure: 'POINTS',
  amount: '0',
  note: '当日已到上限。',
  postedAt: '2026-11-20T02:00:00.000Z',
  sealed: true,
  rule: { __typename: 'Rule', key: 'reading.done', title: '阅读完成' },
  course: null,
  lesson: null,
}
const appeal = (change: Partial<Appeal>): Appeal => ({
  __typename: 'Appeal',
  id: 'apl_1',
  status: 'OPEN',
  reason: '我觉得应该算前一天的。',
  createdAt: '2026-11-20T02:00:00.000Z',
  answeredAt: null,
  mayAnswer: true,
  answeredBy: null,
  student: {
    __typename: 'Student',
    id: 'per_7',
    number: '1',
    name: '林晚晴',
    unit: { __typename: 'Unit', id: 'unt_1', name: '一支部' },
  },
  entry,
  lesson: null,
  spans: [],
  answer: null,
  releasedMs: null,
  outcome: null,
  ...change,
})
const spans = {
  entry: null,
  lesson: { __typename: 'VideoLesson' as const, id: 'lsn_1', title: '党员的义务' },
  spans: [{ __typename: 'Span' as const, start: 65_000, end: 120_000 }],
}
const show = (component: object, props: object) =>
  mount(component as never, { props: props as never, attachTo: document.body }) as VueWrapper
const answered = {
  answerAppeal: {
    __typename: 'AppealPayload',
    appeal: { __typename: 'Appeal', id: 'apl_1', status: 'ACCEPTED' },
  },
}

describe('an answer', () => {
  it('needs a verdict and words before it is sent', async () => {
    const asked = serve({})
    const form = show(AppealAnswer, { appeal: appeal({}) })
    await form.get('form').trigger('submit')
    await rest()
    expect([asked.length, form.findAll('[role=alert]').length]).toEqual([0, 2])
  })
  it('about an entry takes by how much it is corrected', async () => {
    const asked = serve({ AnswerAppeal: answered })
    const form = show(AppealAnswer, { appeal: appeal({}) })
    expect(form.find('input[inputmode=decimal]').exists()).toBe(false)
    await form.get('input[value=accept]').setValue(true)
    await form.get('textarea').setValue('核对属实。')
    await form.get('form').trigger('submit')
    await rest()
    expect(asked).toEqual([])
    await form.get('input[inputmode=decimal]').setValue('5')
    await form.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'AnswerAppeal')).toEqual([
      { id: 'apl_1', input: { accept: true, answer: '核对属实。', amount: '5' } },
    ])
    expect(form.emitted('answered')).toHaveLength(1)
  })
  it('about spans takes no amount: the rules say what follows', async () => {
    const asked = serve({ AnswerAppeal: answered })
    const form = show(AppealAnswer, { appeal: appeal(spans) })
    await form.get('input[value=accept]').setValue(true)
    expect(form.find('input[inputmode=decimal]').exists()).toBe(false)
    await form.get('textarea').setValue('信号中断属实。')
    await form.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'AnswerAppeal')).toEqual([
      { id: 'apl_1', input: { accept: true, answer: '信号中断属实。' } },
    ])
  })
  it.each([
    [{ student: { ...appeal({}).student, id: 'per_me' } }, '涉及你本人'],
    [{}, '你只能查看'],
  ])('%#: nobody answers where they may not, and reads why', (change, why) => {
    const form = show(AppealAnswer, { appeal: appeal({ ...change, mayAnswer: false }) })
    expect([form.text().includes(why), form.find('form').exists()]).toEqual([true, false])
  })
  it('that was given shows its outcome', () => {
    const done = appeal({
      ...spans,
      status: 'ACCEPTED',
      answer: '已核对。',
      answeredBy: { __typename: 'Person', id: 'per_2', name: '梁文静' },
      answeredAt: '2026-11-21T02:00:00.000Z',
      releasedMs: 90_000,
      mayAnswer: false,
    })
    const text = show(AppealAnswer, { appeal: done }).text()
    expect(text).toContain('已核对。')
    expect(text).toContain('梁文静')
    expect(text).toContain('已计入 2 分钟')
  })
})

it('a request about spans names the lesson and the times', async () => {
  serve({ Appeal: { appeal: appeal(spans) } })
  const panel = show(AppealPanel, { id: 'apl_1' })
  await rest()
  expect(panel.text()).toContain('党员的义务')
  expect(panel.text()).toContain('1:05 – 2:00')
})
