// One page's data: what was there stays while newer is on its way, and an answer to older variables is dropped.
import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api } from '@/app/api'

export function useLoad<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  /** null asks nothing */
  variables: () => Variables | null,
) {
  const data = shallowRef<Data | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  let asked = 0

  async function reload() {
    const wanted = variables()
    const mine = ++asked
    if (!wanted) return
    loading.value = true
    const answer = await api.value.query(document, wanted, { requestPolicy: 'network-only' }).toPromise()
    if (mine !== asked) return
    loading.value = false
    error.value = answer.error ?? null
    data.value = answer.data ?? null
  }
  watch(() => JSON.stringify(variables()), reload, { immediate: true })
  onScopeDispose(() => asked++)

  return { data, error, loading, reload }
}
