// What the pages of the console share.
import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import DataTable from './DataTable.vue'
import Facts from './Facts.vue'
import { rest, serve } from './testing'
import { recountAppeals, useOpenAppeals } from './useOpenAppeals'

enableAutoUnmount(afterEach)

describe('a table', () => {
  const columns = [
    { key: 'name', label: '姓名', sort: 'NAME' },
    { key: 'points', label: '积分', sort: 'POINTS', first: 'DESC' as const },
    { key: 'note', label: '备注' },
  ]
  const table = (order: { field: string; direction: 'ASC' | 'DESC' } | null) =>
    mount(DataTable<{ id: string }, string>, {
      props: {
        columns,
        rows: [{ id: '1' }],
        rowKey: (row: { id: string }) => row.id,
        caption: '学员',
        order,
      },
    })
  it('is sorted by its headings', async () => {
    const found = table(null)
    await found.findAll('thead button')[1]?.trigger('click')
    expect(found.emitted('update:order')).toEqual([[{ field: 'POINTS', direction: 'DESC' }]])
  })
  it('offers the same orders as one choice, for phones', async () => {
    const found = table({ field: 'NAME', direction: 'ASC' })
    const choice = found.get('select')
    expect(choice.element.value).toBe('NAME:ASC')
    expect(choice.findAll('option').map((option) => option.text())).toContain('积分（降序）')
    await choice.setValue('POINTS:DESC')
    await choice.setValue('')
    expect(found.emitted('update:order')).toEqual([[{ field: 'POINTS', direction: 'DESC' }], [null]])
  })
  it('without an order asks nothing', () => {
    const plain = mount(DataTable<{ id: string }, string>, {
      props: {
        columns: [{ key: 'note', label: '备注' }],
        rows: [{ id: '1' }],
        rowKey: (row: { id: string }) => row.id,
        caption: '备注',
      },
    })
    expect(plain.find('select').exists()).toBe(false)
  })
})

it('facts leave out what is not known', () => {
  const facts = mount(Facts, {
    props: {
      facts: [
        { key: 'a', label: '事由', value: '签到机故障' },
        { key: 'b', label: '审批', value: null },
      ],
    },
  })
  expect(facts.findAll('dt').map((name) => name.text())).toEqual(['事由'])
})

describe('the figure of requests that wait', () => {
  const open = (mine: number, others: number, more = false) => ({
    appeals: {
      __typename: 'AppealConnection',
      pageInfo: { __typename: 'PageInfo', hasNextPage: more },
      nodes: [
        ...Array.from({ length: mine }, (_, n) => ({ __typename: 'Appeal', id: `a${n}`, mayAnswer: true })),
        ...Array.from({ length: others }, (_, n) => ({
          __typename: 'Appeal',
          id: `b${n}`,
          mayAnswer: false,
        })),
      ],
    },
  })
  function watchIt(allowed: boolean) {
    const on = ref(allowed)
    return mount(
      defineComponent(() => {
        const waiting = useOpenAppeals(() => on.value)
        return () => h('p', String(waiting.value))
      }),
    )
  }
  it('counts only those that this person may answer', async () => {
    serve({ OpenAppeals: open(2, 3) })
    const figure = watchIt(true)
    await rest()
    expect(figure.text()).toBe('2')
  })
  it('says that there are more than were asked for, and nothing when none waits', async () => {
    serve({ OpenAppeals: open(100, 0, true) })
    const many = watchIt(true)
    await rest()
    expect(many.text()).toBe('100+')
    serve({ OpenAppeals: open(0, 4) })
    recountAppeals()
    await rest()
    expect(many.text()).toBe('null')
  })
  it('is not asked for by who may not answer', async () => {
    const asked = serve({ OpenAppeals: open(1, 0) })
    watchIt(false)
    await rest()
    expect(asked).toEqual([])
  })
})
