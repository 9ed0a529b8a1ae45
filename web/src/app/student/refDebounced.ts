// A value that follows another once it has been still for a while: what is being typed need not be asked letter by letter.
import { onScopeDispose, ref, watch, type Ref } from 'vue'

export function refDebounced(source: Ref<string>, wait: number): Ref<string> {
  const calm = ref(source.value)
  let timer = 0
  watch(source, (value) => {
    clearTimeout(timer)
    timer = window.setTimeout(() => (calm.value = value), value === '' ? 0 : wait)
  })
  onScopeDispose(() => clearTimeout(timer))
  return calm
}
