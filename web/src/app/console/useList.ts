// A list that is read page by page: what it asks for, where it stands, and the way on and back. <ListCard> shows it.
import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { computed, reactive } from 'vue'
import { useCursor } from './useCursor'
import { useLoad } from './useLoad'

export interface Connection {
  nodes: unknown[]
  pageInfo: { hasNextPage: boolean; endCursor?: string | null }
}
export interface Listed<Found extends Connection> {
  list: Found | null
  error: unknown
  loading: boolean
  size: number
  page: number
  next: () => void
  back: () => void
  reload: () => Promise<void>
}

/** `variables`: all but the place in the list. When they change it begins at its first page. */
export function useList<Data, Variables extends AnyVariables, Found extends Connection>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Omit<Variables, 'first' | 'after'>,
  pick: (data: Data) => Found | null | undefined,
): Listed<Found> {
  const { size, after, page, next, back } = useCursor(variables)
  const load = useLoad(
    document,
    () => ({ ...variables(), first: size.value, after: after.value }) as unknown as Variables,
  )
  const list = computed(() => (load.data.value ? (pick(load.data.value) ?? null) : null))
  return reactive({
    list,
    error: load.error,
    loading: load.loading,
    reload: load.reload,
    size,
    page,
    back,
    next: () => next(list.value?.pageInfo.endCursor),
  }) as Listed<Found>
}
