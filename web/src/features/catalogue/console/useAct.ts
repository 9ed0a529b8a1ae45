// One act on the server: busy while it runs, its refusal in words beside the form, what was typed untouched.
import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import { extensionsOf, fieldErrors, sentence } from '@/app/errors'

export function useAct<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>) {
  const busy = ref(false)
  const error = shallowRef<unknown>(null)
  const fields = computed(() => (error.value ? fieldErrors(error.value) : {}))
  const faults = computed(() => (error.value ? (extensionsOf(error.value).fields ?? []) : []))
  /** the sentence for what belongs to no field of the form */
  const failure = computed(() => (error.value ? sentence(error.value) : null))

  async function act(variables: Variables): Promise<Data | null> {
    if (busy.value) return null
    busy.value = true
    error.value = null
    const answer = await api.value.mutation(document, variables).toPromise()
    busy.value = false
    error.value = answer.data ? null : (answer.error ?? new Error('no answer'))
    return answer.data ?? null
  }
  const forget = () => (error.value = null)

  return { act, busy, error, fields, faults, failure, forget }
}
