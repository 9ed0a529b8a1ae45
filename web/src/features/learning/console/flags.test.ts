import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { only, rest, serve } from '@/app/console/testing'
import FlagSheet from './FlagSheet.vue'
import { kindOf, type Flag } from './model'

vi.mock('@/app/toasts', () => ({ useToasts: () => ({ ok: vi.fn(), fail: vi.fn() }) }))
enableAutoUnmount(afterEach)

const flag: Flag = {
  __typename: 'StudyFlag',
  id: 'flg_1',
  kind: 'EVEN_CADENCE',
  text: '连续 50 次上报的间隔相差不到 5 毫秒。',
  notedAt: '2026-11-20T03:00:00.000Z',
  reviewedAt: null,
  note: null,
  reviewedBy: null,
  lesson: null,
  student: {
    __typename: 'Student',
    id: 'per_7',
    number: '1',
    name: '林晚晴',
    unit: { __typename: 'Unit', id: 'unt_1', name: '一支部' },
  },
}

it('a kind is told in words, however it is spelt, and one that is new too', () => {
  expect(kindOf('EVEN_CADENCE')).toBe(kindOf('EvenCadence'))
  expect(kindOf('SOMETHING_NEW')).toBe('其他情况')
})

it('is reviewed only with what was found, and says that nothing follows by itself', async () => {
  const asked = serve({
    ReviewFlag: { reviewFlag: { __typename: 'StudyFlagPayload', flag: { id: 'flg_1', reviewedAt: null } } },
  })
  const sheet = mount(FlagSheet, { props: { modelValue: flag }, attachTo: document.body })
  expect(sheet.text()).toContain('仅供人工核查，不会自动扣分')
  await sheet.get('form').trigger('submit')
  expect(asked).toEqual([])
  await sheet.get('textarea').setValue('本人使用读屏软件。')
  await sheet.get('form').trigger('submit')
  await rest()
  expect(only(asked, 'ReviewFlag')).toEqual([{ id: 'flg_1', note: '本人使用读屏软件。' }])
  expect(sheet.emitted('reviewed')).toHaveLength(1)
})

it('that was reviewed only shows what was found', () => {
  const reviewed = {
    ...flag,
    reviewedAt: '2026-11-21T03:00:00.000Z',
    reviewedBy: { __typename: 'Person' as const, id: 'per_2', name: '梁文静' },
    note: '不予处理。',
  }
  const sheet = mount(FlagSheet, { props: { modelValue: reviewed }, attachTo: document.body })
  expect(sheet.text()).toContain('不予处理。')
  expect(sheet.find('form').exists()).toBe(false)
})
