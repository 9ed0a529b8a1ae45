// A dry run is made in the background: asked for once, then looked after until its figures are there.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import {
  DryRunStateDocument,
  StartDryRunDocument,
  type RunStateFragment,
} from '@/shared/gql/console/credits/graphql'

const pause = 1000

export function useDryRun() {
  const run = shallowRef<RunStateFragment | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  let asked = 0
  let waiting: ReturnType<typeof setTimeout> | undefined

  function begin() {
    clearTimeout(waiting)
    run.value = error.value = null
    busy.value = true
    return ++asked
  }
  onScopeDispose(() => {
    asked++
    clearTimeout(waiting)
  })

  async function start(version: string, termId: string) {
    const mine = begin()
    const { data, error: refused } = await api.value
      .mutation(StartDryRunDocument, { version, termId })
      .toPromise()
    if (mine === asked) take(data?.startDryRun?.dryRun, refused, mine)
    return run.value
  }
  async function follow(id: string) {
    await look(id, begin())
  }

  async function look(id: string, mine: number) {
    const { data, error: refused } = await api.value
      .query(DryRunStateDocument, { id }, { requestPolicy: 'network-only' })
      .toPromise()
    if (mine === asked) take(data?.dryRun, refused, mine)
  }
  function take(found: RunStateFragment | null | undefined, refused: unknown, mine: number) {
    if (found) run.value = found
    error.value = found ? null : (refused ?? new Error('no such run'))
    busy.value = found?.status === 'QUEUED' || found?.status === 'RUNNING'
    if (found && busy.value) waiting = setTimeout(() => void look(found.id, mine), pause)
  }

  return { run, error, busy, start, follow }
}
