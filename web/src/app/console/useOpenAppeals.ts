// How many requests for review wait for this person: the figure in the side bar. It is asked for at the start, after each
// answer, and again when somebody comes back to the window.
import { computed, onScopeDispose, ref, watch } from 'vue'
import { OpenAppealsDocument } from '@/shared/gql/app/graphql'
import { useLoad } from './useLoad'

const answered = ref(0)
/** To be called after an answer. */
export const recountAppeals = () => void answered.value++

export function useOpenAppeals(allowed: () => boolean) {
  const { data, reload } = useLoad(OpenAppealsDocument, () => (allowed() ? {} : null))
  const look = () => void (document.hidden || reload())
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => document.removeEventListener('visibilitychange', look))
  watch(answered, reload)

  return computed(() => {
    const found = data.value?.appeals
    const waiting = found?.nodes.filter((appeal) => appeal.mayAnswer).length ?? 0
    if (waiting === 0) return null
    return found?.pageInfo.hasNextPage ? `${waiting}+` : String(waiting)
  })
}
