import { mount, RouterLinkStub } from '@vue/test-utils'
import { expect, it } from 'vitest'
import AuditTarget from './AuditTarget.vue'
import { targetsOf } from './target'

const told = (id: string, more: object = {}) => ({
  __typename: 'AuditTarget' as const,
  id,
  name: null,
  gone: false,
  opens: null,
  ...more,
})
const of = (id: string, more: object = {}) =>
  targetsOf({ action: 'some.act', target: id, targets: [told(id, more)] })

it.each([
  ['crs_01', 'crs_01', { name: 'course', params: { id: 'crs_01' } }],
  ['les_01', 'crs_01', { name: 'course', params: { id: 'crs_01' } }],
  ['apl_01', 'apl_01', { name: 'appeals', query: { id: 'apl_01' } }],
  ['ast_01', 'ast_01', { name: 'library', query: { id: 'ast_01' } }],
  ['frz_01', 'frz_01', { name: 'play' }],
  ['per_01', null, undefined],
])('%s that opens %s leads to its page', (id, opens, to) => {
  expect(of(id, { name: '名', opens })[0]?.to).toEqual(to)
})

it('each of two things has its own name', () => {
  const targets = [told('les_01', { name: '怎样读党章' }), told('per_01')]
  const row = { action: 'study.release_pending', target: 'les_01 per_01', targets }
  expect(targetsOf(row).map(({ kind, name }) => [kind, name])).toEqual([
    ['课时', '怎样读党章'],
    ['人员', ''],
  ])
})

it('a rule pack is called by its version, a basis also by its number', () => {
  const pack = { kind: '规则包', name: 'college-2026', gone: false, id: '' }
  const to = { name: 'rulePack', params: { version: 'college-2026' } }
  const row = (action: string, target: string) => targetsOf({ action, target, targets: [told(target)] })
  expect(row('credits.pack_activate', 'college-2026')).toEqual([{ ...pack, to }])
  expect(row('credits.basis_confirm', 'college-2026#reading.amount')).toEqual([
    { ...pack, id: 'reading.amount', to },
  ])
})

it('says what was deleted, and links only to what may be opened', () => {
  const show = (id: string, more: object) => {
    const [target] = of(id, more)
    if (!target) throw new Error('no target')
    return mount(AuditTarget, { props: { target }, global: { stubs: { RouterLink: RouterLinkStub } } })
  }
  const gone = show('ast_01', { name: '讲义.pdf', gone: true })
  expect(gone.text()).toContain('讲义.pdf')
  expect(gone.text()).toContain('已删除')
  expect(gone.findComponent(RouterLinkStub).exists()).toBe(false)
  const there = show('crs_01', { name: '读懂党史', opens: 'crs_01' })
  expect(there.findComponent(RouterLinkStub).text()).toBe('读懂党史')
  expect(there.text()).not.toContain('已删除')
  expect(show('crs_01', {}).text()).toBe('课程crs_01')
})
