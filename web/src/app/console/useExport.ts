// A file that the server makes in the background: asked for once, then looked after until it is there.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import {
  ExportProgressDocument,
  RequestExportDocument,
  type ExportInput,
  type ExportStateFragment,
} from '@/shared/gql/app/graphql'

const pause = 1000

export function useExport() {
  const state = shallowRef<ExportStateFragment | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  let asked = 0
  let waiting: ReturnType<typeof setTimeout> | undefined

  function forget() {
    asked++
    clearTimeout(waiting)
    state.value = error.value = null
    busy.value = false
  }
  onScopeDispose(forget)

  async function request(input: ExportInput) {
    forget()
    const mine = asked
    busy.value = true
    const { data, error: refused } = await api.value.mutation(RequestExportDocument, { input }).toPromise()
    if (mine === asked) take(data?.requestExport?.export, refused, mine)
  }

  async function look(id: string, mine: number) {
    const { data, error: refused } = await api.value
      .query(ExportProgressDocument, { id }, { requestPolicy: 'network-only' })
      .toPromise()
    if (mine === asked) take(data?.export, refused, mine)
  }

  function take(found: ExportStateFragment | null | undefined, refused: unknown, mine: number) {
    state.value = found ?? null
    error.value = found ? null : (refused ?? new Error('no export'))
    busy.value = found?.status === 'QUEUED' || found?.status === 'RUNNING'
    if (found && busy.value) waiting = setTimeout(() => void look(found.id, mine), pause)
  }

  return { state, error, busy, request, forget }
}
