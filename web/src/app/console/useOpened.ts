// Which row of a list stands open beside it, kept in the address (?id=…): it can be linked to, and the browser's way back closes it.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export function useOpened() {
  const route = useRoute()
  const router = useRouter()
  return computed<string | null>({
    get: () => (typeof route.query.id === 'string' ? route.query.id : null),
    set(id) {
      const to = { query: { ...route.query, id: id ?? undefined } }
      void (id ? router.push(to) : router.replace(to))
    },
  })
}
