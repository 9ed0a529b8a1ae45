// The conversion of a file, live over the web socket; where that does not come through (a proxy without it), by asking.
import { stringifyDocument } from '@urql/core'
import type { Client } from 'graphql-ws'
import { api } from '@/app/api'
import {
  AssetDocument,
  AssetProgressDocument,
  type AssetProgressSubscription,
  type AssetStateFragment,
} from '@/shared/gql/app/graphql'

type Show = (state: AssetStateFragment) => void
const pause = 2000

let line: Promise<Client> | null = null
function open(): Promise<Client> {
  line ??= import('graphql-ws').then(({ createClient }) =>
    createClient({ url: `${location.origin.replace(/^http/, 'ws')}/graphql/ws`, retryAttempts: 1 }),
  )
  return line
}

export const isSettled = (status: AssetStateFragment['status']) => status === 'READY' || status === 'FAILED'

/** Tells each new state until the file is READY or FAILED. Returns how to stop. */
export function followAsset(id: string, show: Show): () => void {
  let over = false
  let polling = false
  let hangUp = () => {}
  let waiting: ReturnType<typeof setTimeout> | undefined

  function take(state: AssetStateFragment) {
    if (over) return
    show(state)
    if (isSettled(state.status)) stop()
  }
  function stop() {
    over = true
    clearTimeout(waiting)
    hangUp()
  }
  async function look() {
    const { data } = await api.value
      .query(AssetDocument, { id }, { requestPolicy: 'network-only' })
      .toPromise()
    if (data?.asset) take(data.asset)
    if (!over) waiting = setTimeout(() => void look(), pause)
  }
  function poll() {
    if (over || polling) return
    polling = true
    void look()
  }
  open()
    .then((client) => {
      if (over) return
      hangUp = client.subscribe<AssetProgressSubscription>(
        { query: stringifyDocument(AssetProgressDocument), variables: { id } },
        {
          next: ({ data, errors }) => (data?.assetProgress && !errors ? take(data.assetProgress) : poll()),
          error: poll,
          complete: poll,
        },
      )
    })
    .catch(poll)
  return stop
}
