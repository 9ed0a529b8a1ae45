import { beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from './api'
import { useSession } from './session'
import { forgetStores } from './store'

const school = { __typename: 'School', name: '示例大学', demo: true, play: 'BOARDS' }
const viewer = {
  __typename: 'Viewer',
  id: 'per_1',
  name: '晓明',
  roles: ['STUDENT'],
  stage: 'ACTIVIST',
  unit: null,
}
const refusal = (code: string, path: string) => ({ message: code, path: [path], extensions: { code } })

function answers(...bodies: object[]) {
  const fetch = vi.fn()
  for (const body of bodies) fetch.mockResolvedValueOnce(Response.json(body))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

beforeEach(forgetStores)

describe('a session', () => {
  it('knows who is there, and asks only once', async () => {
    const fetch = answers({ data: { school, viewer } })
    const session = useSession()
    await Promise.all([session.ready(), session.ready()])
    expect([session.status, session.viewer?.name, fetch.mock.calls.length]).toEqual(['in', '晓明', 1])
  })
  it('sends the header that the server asks for', async () => {
    const fetch = answers({ data: { school, viewer } })
    await useSession().ready()
    expect(fetch.mock.calls[0]?.[1].headers['x-requested-with']).toBe('xianfeng')
  })
  it('is out when nobody is signed in, with the school known', async () => {
    answers({ data: { school, viewer: null } })
    const session = useSession()
    await session.ready()
    expect([session.status, session.school?.demo]).toEqual(['out', true])
  })
  it('sees a one-time password in the refusal of the viewer', async () => {
    answers({ data: { school, viewer: null }, errors: [refusal('FORBIDDEN', 'viewer')] })
    const session = useSession()
    await session.ready()
    expect(session.status).toBe('password')
  })
  it('is unreachable without a line, and asks again', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('Failed to fetch')))
    const session = useSession()
    await session.ready()
    expect(session.status).toBe('unreachable')
    answers({ data: { school, viewer } })
    await session.ready()
    expect(session.status).toBe('in')
  })
  it('ends when a request is refused as UNAUTHENTICATED', async () => {
    answers({ data: { school, viewer } }, { data: null, errors: [refusal('UNAUTHENTICATED', 'courses')] })
    const session = useSession()
    await session.ready()
    await api.value.query('{ courses(first: 1) { totalCount } }', {}).toPromise()
    expect([session.status, session.expired]).toEqual(['out', true])
  })
  it('does not expire over a wrong password', async () => {
    answers(
      { data: { school, viewer: null } },
      { data: null, errors: [refusal('UNAUTHENTICATED', 'signIn')] },
    )
    const session = useSession()
    await session.ready()
    await expect(session.signIn('a', 'b')).rejects.toThrow()
    expect([session.status, session.expired]).toEqual(['out', false])
  })
})
