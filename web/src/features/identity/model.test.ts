import { describe, expect, it } from 'vitest'
import { passwordFaults, signInFaults } from './model'

describe('a new password', () => {
  const good = { current: 'one-time-1', next: 'mountains-and-tea', again: 'mountains-and-tea' }

  it('is accepted when it is long, new and typed twice', () => expect(passwordFaults(good)).toEqual({}))
  it('counts characters, not UTF-16 units', () =>
    expect(passwordFaults({ ...good, next: '山高水长🏔️', again: '山高水长🏔️' }).next).toBeDefined())
  it('may not be the old one', () =>
    expect(passwordFaults({ ...good, current: good.next }).next).toMatch('相同'))
  it('must be the same twice', () =>
    expect(passwordFaults({ ...good, again: 'x' })).toEqual({ again: '两次输入的新密码不一样' }))
})

describe('signing in', () => {
  it('asks for both', () =>
    expect(Object.keys(signInFaults({ username: ' ', password: '' }))).toEqual(['username', 'password']))
  it('leaves the judgement of both to the server', () =>
    expect(signInFaults({ username: 'a', password: 'b' })).toEqual({}))
})
