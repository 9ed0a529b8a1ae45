// State that the whole app shares: made once, at its first use, and kept for as long as the page. Refs inside are read without `.value`.
import { effectScope, reactive, type UnwrapNestedRefs } from 'vue'

const forget = new Set<() => void>()

export function defineStore<State extends object>(setup: () => State): () => UnwrapNestedRefs<State> {
  let made: UnwrapNestedRefs<State> | undefined
  forget.add(() => (made = undefined))
  // A scope of its own: the first page that asks must not take the state with it when it goes.
  return () => (made ??= effectScope(true).run(() => reactive(setup())) as UnwrapNestedRefs<State>)
}

/** For tests: each begins with nothing known. */
export const forgetStores = () => forget.forEach((one) => one())
