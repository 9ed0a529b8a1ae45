// GraphQL without a browser: to sign in, to look behind a page, to try what no page would send.
export const accounts = ['student', 's1', 's2', 'lecturer', 'admin', 'secretary', 'auditor'] as const
export type Account = (typeof accounts)[number]
export const password = 'demo-xianfeng'

export function base(): string {
  const url = process.env.XIANFENG_URL
  if (!url) throw new Error('no server')
  return url
}

export function cookieOf(name: Account): string {
  return process.env[`XIANFENG_COOKIE_${name}`] ?? ''
}

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string } }[]
}

export async function ask<Data = Record<string, never>>(
  name: Account | null,
  query: string,
  variables: object = {},
): Promise<Answer<Data>> {
  const response = await post(name && cookieOf(name), query, variables)
  return (await response.json()) as Answer<Data>
}

export function post(cookie: string | null, query: string, variables: object, url = base()) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-requested-with': 'e2e',
      'accept-language': 'zh-CN',
      ...(cookie && { cookie: `xianfeng=${cookie}` }),
    },
    body: JSON.stringify({ query, variables }),
  })
}

/** The value of the session's cookie. */
export async function signIn(username: string, url = base()): Promise<string> {
  const document =
    'mutation($u: String!, $p: String!) { signIn(username: $u, password: $p) { viewer { id } } }'
  const response = await post(null, document, { u: username, p: password }, url)
  const found = /(?:^|\s)xianfeng=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')
  if (!found?.[1]) throw new Error(`${username} cannot sign in: ${await response.text()}`)
  return found[1]
}
