// Some acts belong to who is in charge of the whole school as an admin, not of one of its parts: rules, the switch for play.
import { computed } from 'vue'
import { useSession } from '@/app/session'
import { MyChargesDocument } from '@/shared/gql/app/graphql'
import { useLoad } from './useLoad'

/** False until it is known. */
export function useCharge() {
  const session = useSession()
  const { data } = useLoad(MyChargesDocument, () => (session.has('ADMIN') ? {} : null))
  return computed(() => data.value?.viewer?.charges.some((unit) => unit.kind === 'SCHOOL') ?? false)
}
