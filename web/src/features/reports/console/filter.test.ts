import { expect, it } from 'vitest'
import { asFilter, endOf, isEmpty, noFilter, startOf } from './filter'

it('says nothing of what is not set', () => expect(isEmpty(asFilter(noFilter()))).toBe(true))
it('keeps what is', () =>
  expect(asFilter({ ...noFilter(), stage: 'ACTIVIST', query: '林' })).toEqual({
    stage: 'ACTIVIST',
    query: '林',
  }))
it('takes a day in the school’s zone', () => expect(startOf('2026-11-20')).toBe('2026-11-19T16:00:00.000Z'))
it('ends a day with its last moment', () => expect(endOf('2026-11-20')).toBe('2026-11-20T15:59:59.999Z'))
it('leaves an open bound open', () => expect(startOf('')).toBeUndefined())
