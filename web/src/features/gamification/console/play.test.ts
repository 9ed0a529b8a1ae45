// The school's switch, its calendar and the goals of teams.
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { only, refusal, rest, serve } from '@/app/console/testing'
import FreezeSheet from './FreezeSheet.vue'
import GoalSheet from './GoalSheet.vue'
import PlayFreezes from './PlayFreezes.vue'
import PlayGoals from './PlayGoals.vue'
import PlaySwitch from './PlaySwitch.vue'

const toasts = { ok: vi.fn(), fail: vi.fn() }
vi.mock('@/app/toasts', () => ({ useToasts: () => toasts }))
enableAutoUnmount(afterEach)
afterEach(() => vi.clearAllMocks())

const show = (component: object, props: object = {}) =>
  mount(component as never, { props: props as never, attachTo: document.body }) as VueWrapper
function press(on: VueWrapper, text: string) {
  const found = on
    .findAll('button')
    .filter((button) => button.text() === text || button.attributes('aria-label') === text)
  const last = found.at(-1)
  if (!last) throw new Error(`no button ${text}`)
  return last.trigger('click')
}
const unit = { __typename: 'Unit', id: 'unt_1', name: '一支部', kind: 'BRANCH' }

describe('the switch', () => {
  it('is asked once more, and told then', async () => {
    const asked = serve({ SetPlay: { setPlay: { __typename: 'SchoolPayload', school: { play: 'TEAM' } } } })
    const card = show(PlaySwitch, { play: 'PRIVATE', demo: false, editable: true })
    await card.get('input[value=TEAM]').setValue(true)
    await press(card, '更改…')
    expect(asked).toEqual([])
    expect(card.get('dialog').text()).toContain('团队目标')
    await press(card, '更改')
    await rest()
    expect(only(asked, 'SetPlay')).toEqual([{ play: 'TEAM' }])
    expect(card.emitted('changed')).toHaveLength(1)
  })
  it('can be taken back before it is asked', async () => {
    const card = show(PlaySwitch, { play: 'PRIVATE', demo: false, editable: true })
    await card.get('input[value=OFF]').setValue(true)
    await press(card, '不改')
    expect((card.get('input[value=PRIVATE]').element as HTMLInputElement).checked).toBe(true)
  })
  it('is locked for whoever is not in charge of the school', () => {
    const card = show(PlaySwitch, { play: 'PRIVATE', demo: false, editable: false })
    expect(card.findAll('input').every((input) => input.attributes('disabled') !== undefined)).toBe(true)
    expect(card.text()).toContain('由校级管理员设定')
  })
})

describe('a week that does not count', () => {
  it('is added for a unit or the whole school', async () => {
    const asked = serve({
      Units: { units: [unit] },
      AddFreeze: { addFreeze: { __typename: 'FreezePayload', freeze: { id: 'frz_1' } } },
    })
    const sheet = show(FreezeSheet, { modelValue: true, ofSchool: true })
    await rest()
    await press(sheet, '添加')
    expect(sheet.findAll('[role=alert]')).toHaveLength(3)
    const [title, from, to] = sheet.findAll('input')
    await title?.setValue('期末考试周')
    await from?.setValue('2026-12-28')
    await to?.setValue('2026-12-20')
    expect(sheet.text()).toContain('不能早于开始日')
    await to?.setValue('2027-01-10')
    await press(sheet, '添加')
    await rest()
    expect(only(asked, 'AddFreeze')).toEqual([
      { input: { title: '期末考试周', from: '2026-12-28', to: '2027-01-10', unitId: null } },
    ])
  })
  it('is removed, or says why not', async () => {
    const freeze = {
      __typename: 'Freeze',
      id: 'frz_1',
      title: '寒假',
      from: '2027-01-11',
      to: '2027-02-21',
      unit: null,
    }
    const asked = serve({
      Freezes: { freezes: [freeze] },
      Units: { units: [] },
      RemoveFreeze: () => refusal('FORBIDDEN', '由校级管理员删除。'),
    })
    const card = show(PlayFreezes, { ofSchool: false })
    await rest()
    await press(card, '删除「寒假」')
    await rest()
    expect(only(asked, 'RemoveFreeze')).toEqual([{ id: 'frz_1' }])
    expect(toasts.fail).toHaveBeenCalledOnce()
  })
})

describe('a goal', () => {
  const goal = {
    __typename: 'Goal',
    id: 'gol_1',
    title: '一起学完总纲',
    measure: 'LESSONS',
    target: 120,
    reached: 86,
    from: '2026-01-01',
    to: '2099-12-31',
    endedAt: null,
    unit,
  }
  it('shows how far the team is, and is ended after a question', async () => {
    const asked = serve({
      Goals: { goals: [goal] },
      Units: { units: [unit] },
      EndGoal: { endGoal: { __typename: 'GoalPayload', goal: { id: 'gol_1', endedAt: null } } },
    })
    const card = show(PlayGoals, { play: 'TEAM' })
    await rest()
    expect(card.text()).toContain('已学完 86 节，目标 120 节')
    await press(card, '结束「一起学完总纲」')
    expect(only(asked, 'EndGoal')).toEqual([])
    await press(card, '结束')
    await rest()
    expect(only(asked, 'EndGoal')).toEqual([{ id: 'gol_1' }])
  })
  it('needs a unit, a whole number and two days', async () => {
    const asked = serve({
      Units: { units: [unit] },
      AddGoal: { addGoal: { __typename: 'GoalPayload', goal: { id: 'gol_2' } } },
    })
    const sheet = show(GoalSheet, { modelValue: true })
    await rest()
    await press(sheet, '添加')
    expect(sheet.text()).toContain('请选择单位')
    const [title, target, , to] = sheet.findAll('input')
    await title?.setValue('每周都有人在学')
    await target?.setValue('20')
    await to?.setValue('2099-12-31')
    await sheet.findAll('select')[0]?.setValue('unt_1')
    await sheet.findAll('select')[1]?.setValue('MEMBERS_STUDYING')
    await press(sheet, '添加')
    await rest()
    expect(only(asked, 'AddGoal')[0]).toMatchObject({
      input: { unitId: 'unt_1', measure: 'MEMBERS_STUDYING', target: 20, title: '每周都有人在学' },
    })
  })
})
