import { expect, it } from 'vitest'
import { targetOf } from './target'

it.each([
  ['course.publish', 'crs_01', '课程', { name: 'course', params: { id: 'crs_01' } }],
  ['appeal.accept', 'apl_01', '复核申请', { name: 'appeals', query: { id: 'apl_01' } }],
  ['password.reset', 'per_01', '人员', undefined],
  ['something.new', 'whatever', '', undefined],
])('%s of %s is %s', (action, target, name, to) => {
  expect(targetOf(action, target)).toEqual({ name, id: target, to })
})

it('a rule pack is called by its version, a basis also by its number', () => {
  const to = { name: 'rulePack', params: { version: 'college-2026' } }
  expect(targetOf('credits.pack_activate', 'college-2026')).toEqual({
    name: '规则包 college-2026',
    id: '',
    to,
  })
  expect(targetOf('credits.basis_confirm', 'college-2026#reading.amount')).toEqual({
    name: '规则包 college-2026',
    id: 'reading.amount',
    to,
  })
})
