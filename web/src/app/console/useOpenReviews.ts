// How many courses wait for this person's review: the figure in the side bar. Asked for at the start, after each decision, and
// again when somebody comes back to the window.
import { computed, onScopeDispose, ref, watch } from 'vue'
import { OpenReviewsDocument } from '@/shared/gql/app/graphql'
import { useLoad } from './useLoad'

const decided = ref(0)
/** To be called after a decision. */
export const recountReviews = () => void decided.value++

export function useOpenReviews(allowed: () => boolean) {
  const { data, reload } = useLoad(OpenReviewsDocument, () => (allowed() ? {} : null))
  const look = () => void (document.hidden || reload())
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => document.removeEventListener('visibilitychange', look))
  watch(decided, reload)

  return computed(() => {
    const found = data.value?.submissions
    const waiting = found?.nodes.filter((one) => one.mayReview).length ?? 0
    if (waiting === 0) return null
    return found?.pageInfo.hasNextPage ? `${waiting}+` : String(waiting)
  })
}
