import { CombinedError } from '@urql/core'
import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { codeOf, fieldErrors, refusedAt, sentence } from './errors'

function refused(code: string, message: string, more: object = {}, path: string[] = ['viewer']) {
  return new CombinedError({
    graphQLErrors: [new GraphQLError(message, { path, extensions: { code, ...more } })],
  })
}
const unreachable = new CombinedError({ networkError: new TypeError('Failed to fetch') })

describe('a sentence for people', () => {
  it('is the one the server wrote', () =>
    expect(sentence(refused('CONFLICT', '课程已经发布'))).toBe('课程已经发布'))
  it('falls back to the code', () => expect(sentence(refused('FORBIDDEN', ''))).toBe('你没有这项权限。'))
  it('names the number of a server fault and nothing of its cause', () => {
    const said = sentence(refused('INTERNAL', 'no such column: x', { id: 'f-31' }))
    expect(said).toContain('f-31')
    expect(said).not.toContain('column')
  })
  it('says how long to wait', () =>
    expect(sentence(refused('RATE_LIMITED', '', { retryAfterMs: 2400 }))).toContain('3 秒'))
  it('speaks of the line when there is none', () => expect(sentence(unreachable)).toContain('网络不通'))
  it('never shows a raw script error', () =>
    expect(sentence(new Error('x is undefined'))).toBe('没有成功，请稍后再试。'))
})

describe('the code', () => {
  it('of a dropped line is OFFLINE', () => expect(codeOf(unreachable)).toBe('OFFLINE'))
  it('of an answer that is not GraphQL comes from its status', () => {
    const error = new CombinedError({ networkError: new Error('Bad Gateway'), response: { status: 502 } })
    expect(codeOf(error)).toBe('UNAVAILABLE')
  })
  it('is found at its field', () => {
    expect(refusedAt(refused('FORBIDDEN', ''), 'viewer', 'FORBIDDEN')).toBe(true)
    expect(refusedAt(refused('FORBIDDEN', '', {}, ['course']), 'viewer', 'FORBIDDEN')).toBe(false)
  })
})

it('reads the faults of an input', () => {
  const fields = [
    { path: 'new', message: '太短' },
    { path: 'input.title', message: '不能为空' },
  ]
  expect(fieldErrors(refused('INVALID', '', { fields }))).toEqual({ new: '太短', title: '不能为空' })
})
