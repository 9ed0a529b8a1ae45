// A list that grows page by page. Page one is asked for anew whenever the variables change; an answer to older variables is dropped.
import type { TypedDocumentNode } from '@urql/core'
import { ref, shallowRef, watch } from 'vue'
import { api } from '@/app/api'

export interface Connection<Node> {
  totalCount?: number
  nodes: Node[]
  pageInfo: { hasNextPage: boolean; endCursor?: string | null }
}

export function usePages<Data, Variables extends { after?: string | null }, Node>(options: {
  document: TypedDocumentNode<Data, Variables>
  /** null asks nothing and shows nothing */
  variables: () => Variables | null
  read: (data: Data) => Connection<Node> | null | undefined
}) {
  const nodes = shallowRef<Node[]>([])
  const first = shallowRef<Data | null>(null)
  const total = ref<number>()
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  const hasMore = ref(false)
  let cursor: string | null = null
  let asked = 0

  async function ask(after: string | null) {
    const variables = options.variables()
    const mine = ++asked
    error.value = null
    loading.value = variables !== null
    if (!variables) return
    const answer = await api.value
      .query(options.document, { ...variables, after }, { requestPolicy: 'network-only' })
      .toPromise()
    if (mine !== asked) return
    loading.value = false
    const page = answer.data && options.read(answer.data)
    if (!page) {
      error.value = answer.error ?? new Error('no page')
      return
    }
    nodes.value = after === null ? page.nodes : [...nodes.value, ...page.nodes]
    if (after === null) first.value = answer.data ?? null
    total.value = page.totalCount
    hasMore.value = page.pageInfo.hasNextPage
    cursor = page.pageInfo.endCursor ?? null
  }

  function restart() {
    nodes.value = []
    first.value = null
    hasMore.value = false
    void ask(null)
  }
  const more = () => void (loading.value || !hasMore.value || ask(cursor))
  const retry = () => (nodes.value.length > 0 ? void ask(cursor) : restart())

  watch(() => JSON.stringify(options.variables()), restart, { immediate: true })
  return { nodes, first, total, error, loading, hasMore, more, retry, restart }
}
