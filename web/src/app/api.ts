// The one GraphQL client. It lives in a ref because another person needs another client: a cache must not outlive its session.
import { Client, cacheExchange, fetchExchange, mapExchange } from '@urql/core'
import { shallowRef } from 'vue'
import { codeOf } from './errors'

let whenExpired = () => {}
let whenStale = () => {}

export function requestOptions(): RequestInit {
  return {
    credentials: 'same-origin',
    headers: {
      'X-Requested-With': 'xianfeng',
      'Accept-Language': document.documentElement.lang || 'zh-CN',
    },
  }
}

function connect(): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: requestOptions,
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          const code = codeOf(error)
          if (code === 'UNAUTHENTICATED') whenExpired()
          if (code === 'FORBIDDEN') whenStale()
        },
      }),
      fetchExchange,
    ],
  })
}

export const api = shallowRef(connect())

/** Forgets everything that was read: after signing in, out, or losing the session. */
export function reconnect() {
  api.value = connect()
}

/** expired: the session is gone. forbidden: something was refused that this session may have had before. */
export function onRefusal(acts: { expired: () => void; forbidden: () => void }) {
  whenExpired = acts.expired
  whenStale = acts.forbidden
}
