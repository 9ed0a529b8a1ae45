// Keyset paging goes forward by the server's cursor; the way back is the stack of cursors that led here.
import { computed, ref, watch } from 'vue'

export function useCursor(key: () => unknown) {
  const size = ref(20)
  const trail = ref<string[]>([])
  const after = computed(() => trail.value.at(-1) ?? null)
  const page = computed(() => trail.value.length + 1)

  const next = (cursor: string | null | undefined) => void (cursor && trail.value.push(cursor))
  const back = () => void trail.value.pop()
  const restart = () => (trail.value = [])
  // Another question begins at its first page.
  watch([() => JSON.stringify(key()), size], restart, { flush: 'sync' })

  return { size, after, page, next, back, restart }
}
