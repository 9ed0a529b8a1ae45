import { mount } from '@vue/test-utils'
import { nextTick, ref, shallowRef } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import CheckSheet from './CheckSheet.vue'
import type { Span } from './model'
import type { Check, CheckSession, CheckState } from './useCheck'

const question: Check = {
  id: 'chk_1',
  prompt: '预备期多长？',
  deadlineMs: 90_000,
  start: 0,
  end: 5000,
  options: [
    { key: 'a', text: '半年' },
    { key: 'b', text: '一年' },
  ],
}
function session() {
  return {
    check: shallowRef<Check | null>(question),
    state: ref<CheckState>('asked'),
    left: ref(90_000),
    shown: ref(true),
    busy: ref<'answer' | 'extend' | null>(null),
    refusal: ref<string | null>(null),
    releasedMs: ref(0),
    again: shallowRef<Span | null>(null),
    hear: vi.fn(),
    show: vi.fn(),
    answer: vi.fn(),
    extend: vi.fn(),
    dismiss: vi.fn(),
    forget: vi.fn(),
  } satisfies CheckSession
}
function open(reading = false) {
  const check = session()
  const sheet = mount(CheckSheet, { props: { check, reading }, attachTo: document.body })
  const button = (text: string) => sheet.findAll('button').find((one) => one.text() === text)
  return { check, sheet, button }
}

describe('a question', () => {
  it('is a group of radio buttons with its prompt as the name', () => {
    const { sheet } = open()
    expect(sheet.get('legend').text()).toBe('预备期多长？')
    expect(sheet.findAll('input[type=radio]')).toHaveLength(2)
    expect(sheet.get('.time').text()).toContain('还有大约 2 分钟')
    sheet.unmount()
  })
  it('is sent only with a choice', async () => {
    const { check, sheet, button } = open()
    expect(button('提交')?.attributes('disabled')).toBeDefined()
    await sheet.get('input[value=b]').setValue()
    await sheet.get('form').trigger('submit')
    expect(check.answer).toHaveBeenCalledWith('b')
    sheet.unmount()
  })
  it('gives more time, and can wait', async () => {
    const { check, sheet, button } = open()
    await button('需要更多时间')?.trigger('click')
    await button('稍后回答')?.trigger('click')
    expect([check.extend.mock.calls.length, check.dismiss.mock.calls.length]).toEqual([1, 1])
    sheet.unmount()
  })
  it('answered right says what counts now, and takes the focus', async () => {
    const { check, sheet, button } = open()
    check.releasedMs.value = 252_000
    check.state.value = 'passed'
    await nextTick()
    await nextTick()
    expect(sheet.get('[role=status]').text()).toBe('已计入 4 分 12 秒')
    expect(document.activeElement).toBe(sheet.get('[role=status]').element)
    await button('继续学习')?.trigger('click')
    expect(sheet.emitted('go')).toEqual([[null]])
    sheet.unmount()
  })
  it.each([
    [false, '从 0:12 再看', 12_000],
    [true, '从第 4 段再看', 3],
  ])('answered wrong leads back (reading: %s), and blames nobody', async (reading, text, from) => {
    const { check, sheet, button } = open(reading)
    check.again.value = { start: from, end: from + 1 }
    check.state.value = 'again'
    await nextTick()
    expect(sheet.text()).toContain('再看一遍这一段，稍后换一道题')
    expect(sheet.text()).not.toMatch(/错误|答错/)
    await button(text)?.trigger('click')
    expect(sheet.emitted('go')).toEqual([[from]])
    sheet.unmount()
  })
  it.each(['late', 'left'] as const)(
    'that was missed (%s) is no loss, and leads back to its stretch',
    async (state) => {
      const { check, sheet, button } = open()
      check.again.value = { start: 12_000, end: 18_000 }
      check.state.value = state
      await nextTick()
      await nextTick()
      expect(sheet.text()).toContain('先再看一遍这一段，随后还会问到')
      expect(document.activeElement).toBe(sheet.get('[role=status]').element)
      expect(button('继续学习')).toBeUndefined()
      await button('从 0:12 再看')?.trigger('click')
      expect(sheet.emitted('go')).toEqual([[12_000]])
      sheet.unmount()
    },
  )
  it('that follows another while the sheet is open begins anew, with the focus on its first choice', async () => {
    const { check, sheet, button } = open()
    await sheet.get('input[value=b]').setValue()
    check.state.value = 'again'
    await nextTick()
    check.check.value = { ...question, id: 'chk_2', prompt: '候补期多长？' }
    check.state.value = 'asked'
    await nextTick()
    await nextTick()
    expect(button('提交')?.attributes('disabled')).toBeDefined()
    expect(document.activeElement).toBe(sheet.get('input').element)
    sheet.unmount()
  })
  it('gives the focus back to where it was', async () => {
    const player = document.body.appendChild(document.createElement('button'))
    player.focus()
    const { sheet } = open()
    expect(document.activeElement).not.toBe(player)
    sheet.unmount()
    expect(document.activeElement).toBe(player)
    player.remove()
  })
})
