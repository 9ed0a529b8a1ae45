// What assistive technology gets from the components: names, roles, values, tables beside drawings.
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Bar from './Bar.vue'
import Button from './Button.vue'
import Field from './Field.vue'
import Histogram from './Histogram.vue'
import LedgerRow from './LedgerRow.vue'
import Radar from './Radar.vue'
import RankRow from './RankRow.vue'
import Ring from './Ring.vue'
import Sheet from './Sheet.vue'
import StackedBar from './StackedBar.vue'
import StreakWeek from './StreakWeek.vue'
import Tabs from './Tabs.vue'
import Toast from './Toast.vue'

describe('Ring', () => {
  const label = '已完成 8.5 学时，共需 20 学时'
  it('is one picture with a full sentence', () => {
    const ring = mount(Ring, { props: { share: 0.42, label } })
    expect([ring.attributes('role'), ring.attributes('aria-label')]).toEqual(['img', label])
    expect(ring.find('.inside').attributes('aria-hidden')).toBe('true')
  })
  it('says that it is done, not only shows a tick', () => {
    expect(mount(Ring, { props: { share: 1, label, done: true } }).attributes('aria-label')).toContain(
      '已完成',
    )
  })
  it('never draws beyond the circle', () => {
    const ring = mount(Ring, { props: { share: 1.4, label } })
    expect(Number(ring.find('.fill').attributes('stroke-dashoffset'))).toBe(0)
  })
})

it('Bar rounds down', () => {
  const bar = mount(Bar, { props: { share: 0.996, label: '课程进度' } }).find('[role=progressbar]')
  expect([bar.attributes('aria-label'), bar.attributes('aria-valuenow')]).toEqual(['课程进度', '99'])
})

it('StackedBar reads its parts', () => {
  const parts = [
    { label: '必修', value: 16, text: '16 学时' },
    { label: '选修', value: 4, text: '4 学时' },
  ]
  const bar = mount(StackedBar, { props: { parts, label: '学时构成', max: 40 } })
  expect(bar.find('[role=img]').attributes('aria-label')).toBe('学时构成：必修 16 学时，选修 4 学时')
  expect(bar.find('i').attributes('style')).toContain('40%')
})

describe('Radar', () => {
  const axes = [
    { label: '政治素养', value: 4.2, reference: 3.8 },
    { label: '专业学习', value: null, reference: 4 },
    { label: '志愿服务', value: 3, reference: 3.5 },
  ]
  const radar = mount(Radar, { props: { axes, label: '五维考察', own: '本人', reference: '支部均值' } })
  it('hides the drawing and offers a table with the same figures', () => {
    expect(radar.find('svg').attributes('aria-hidden')).toBe('true')
    expect(radar.find('caption').text()).toBe('五维考察')
    expect(radar.findAll('tbody tr').map((row) => row.text())).toEqual([
      '政治素养4.23.8',
      '专业学习无记录4',
      '志愿服务33.5',
    ])
  })
  it('prints differences, none where there is no record', () =>
    expect(radar.findAll('tspan').map((gap) => gap.text())).toEqual(['+0.4', '−0.5']))
})

it('Histogram has a table too', () => {
  const buckets = [
    { from: '0', to: '1', count: 3 },
    { from: '1', to: '2', count: 1200 },
  ]
  const rows = mount(Histogram, { props: { buckets, label: '得分分布' } }).findAll('tbody tr')
  expect(rows.map((row) => row.text())).toEqual(['0–13', '1–21,200'])
})

describe('Field', () => {
  it('ties label, hint and refusal to the input', () => {
    const field = mount(Field, { props: { modelValue: '', label: '密码', hint: '至少 8 位', error: '太短' } })
    const input = field.find('input')
    expect(field.find('label').attributes('for')).toBe(input.attributes('id'))
    const described = input
      .attributes('aria-describedby')
      ?.split(' ')
      .map((id) => field.find(`[id="${id}"]`).text())
    expect([input.attributes('aria-invalid'), described]).toEqual(['true', ['至少 8 位', '太短']])
  })
  it('shows a password on demand', async () => {
    const field = mount(Field, { props: { modelValue: 'x', label: '密码', type: 'password' } })
    await field.find('.peek').trigger('click')
    expect([field.find('input').attributes('type'), field.find('.peek').attributes('aria-label')]).toEqual([
      'text',
      '隐藏密码',
    ])
  })
})

it('Button swallows presses while busy, and stays in the tab order', async () => {
  const button = mount(Button, { props: { busy: true }, slots: { default: '保存' } })
  await button.trigger('click')
  expect(button.emitted('click')).toBeUndefined()
  expect([button.attributes('aria-busy'), button.attributes('disabled')]).toEqual(['true', undefined])
})

it('Tabs move with the arrows and name their panel', async () => {
  const tabs = [
    { key: 'a', label: '明细' },
    { key: 'b', label: '规则' },
  ]
  const view = mount(Tabs, { props: { tabs, label: '学分', modelValue: 'a' }, attachTo: document.body })
  await view.find('[role=tablist]').trigger('keydown', { key: 'ArrowLeft' })
  expect(view.emitted('update:modelValue')).toEqual([['b']])
  const panel = view.find('[role=tabpanel]').attributes('aria-labelledby')
  expect(view.find(`[id="${panel}"]`).text()).toBe('规则')
  expect(document.activeElement?.textContent?.trim()).toBe('规则')
  view.unmount()
})

describe('Sheet', () => {
  it('is a dialog named by its title', async () => {
    const sheet = mount(Sheet, { props: { modelValue: true, title: '排行说明' }, attachTo: document.body })
    const named = sheet.find('dialog').attributes('aria-labelledby')
    expect(sheet.find(`[id="${named}"]`).text()).toBe('排行说明')
    await sheet.find('.close').trigger('click')
    expect(sheet.emitted('update:modelValue')).toEqual([[false]])
    sheet.unmount()
  })
  it('cannot be waved away when an answer is needed', async () => {
    const sheet = mount(Sheet, {
      props: { modelValue: true, title: '随堂一问', persistent: true },
      attachTo: document.body,
    })
    await sheet.find('dialog').trigger('cancel')
    expect([sheet.find('.close').exists(), sheet.emitted('update:modelValue')]).toEqual([false, undefined])
    sheet.unmount()
  })
})

it('StreakWeek says each day in words', () => {
  const days = [
    { label: '一', state: 'done' as const },
    { label: '二', state: 'missed' as const },
    { label: '三', state: 'today' as const, share: 0.58 },
    { label: '四', state: 'ahead' as const },
  ]
  const spoken = mount(StreakWeek, { props: { days, label: '本周' } }).findAll('.unseen')
  expect(spoken.map((one) => one.text())).toEqual([
    '周一 已学习',
    '周二 未学习',
    '今日目标已完成 58%',
    '周四 未到',
  ])
})

it('LedgerRow shows a correction with a true minus', () => {
  const row = mount(LedgerRow, {
    props: { date: '11 月 20 日', reason: '更正：重复计分', amount: '-1', unit: '积分' },
  })
  expect([row.find('.amount').text(), row.find('.amount').classes()]).toEqual(['−1 积分', ['amount', 'less']])
})

it('RankRow says place and movement', () => {
  const row = mount(RankRow, { props: { rank: 4, name: '第一支部', metric: '86%', movement: -2, me: true } })
  expect(row.findAll('.unseen').map((one) => one.text())).toEqual(['第 4 名', '下降 2 位'])
  expect(row.text()).toContain('我')
})

it('Toast interrupts only for a failure', () => {
  expect(mount(Toast, { props: { tone: 'danger' } }).attributes('role')).toBe('alert')
  expect(mount(Toast).attributes('role')).toBe('status')
})
