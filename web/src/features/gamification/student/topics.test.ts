import { mount, RouterLinkStub } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { Topic } from './model'
import PlayTopics from './PlayTopics.vue'

const topic = (more: Partial<Topic>): Topic => ({
  __typename: 'TopicBadge',
  name: '党史',
  completed: 1,
  level: 'BRONZE',
  earnedAt: '2026-11-20T02:00:00Z',
  nextAt: 3,
  missing: '再学完 2 门得银章。',
  courses: [{ __typename: 'Course', id: 'crs_01', title: '读懂党史' }],
  ...more,
})
const show = (topics: Topic[]) =>
  mount(PlayTopics, { props: { topics }, global: { stubs: { RouterLink: RouterLinkStub } } })

it('tells the level, since when, what is missing and where to go on', () => {
  const page = show([topic({})])
  for (const text of ['党史', '铜章', '学完 1 门', '11 月 20 日', '再学完 2 门得银章。', '读懂党史'])
    expect(page.text()).toContain(text)
  expect(page.findComponent(RouterLinkStub).props('to')).toEqual({ name: 'course', params: { id: 'crs_01' } })
})

it('has no metal before the first level, and leads nowhere from the last', () => {
  const begun = show([topic({ completed: 0, level: null, earnedAt: null, nextAt: 1 })])
  expect(begun.find('.topic .tag').exists()).toBe(false)
  expect(begun.find('.topic').text()).toContain('已开始')
  expect(begun.find('.topic').text()).not.toContain('获得')
  const top = show([topic({ completed: 5, level: 'GOLD', nextAt: null, missing: '已是最高一级。' })])
  expect(top.text()).toContain('金章')
  expect(top.findComponent(RouterLinkStub).exists()).toBe(false)
})

it('says how a topic begins where there is none', () => {
  expect(show([]).text()).toContain('还没有主题')
})

it('shows a few topics first, and all of them when asked', async () => {
  const page = show(Array.from({ length: 8 }, (_, n) => topic({ name: `主题${n}` })))
  expect(page.findAll('h3')).toHaveLength(6)
  await page.find('button').trigger('click')
  expect(page.findAll('h3')).toHaveLength(8)
  expect(page.find('button').exists()).toBe(false)
})
