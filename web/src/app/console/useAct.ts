// One act on the server: busy while it runs, its refusal in words beside the form, what was typed untouched.
import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import { extensionsOf, fieldErrors, sentence } from '@/app/errors'

export function useAct<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  shown: string[] = [],
) {
  const busy = ref(false)
  const error = shallowRef<unknown>(null)
  const fields = computed(() => (error.value ? fieldErrors(error.value) : {}))
  const faults = computed(() => (error.value ? (extensionsOf(error.value).fields ?? []) : []))
  /** the sentence for what stands at no field of the form (`shown` are those that do) */
  const atFields = computed(
    () => faults.value.length > 0 && Object.keys(fields.value).every((path) => shown.includes(path)),
  )
  const failure = computed(() => (error.value && !atFields.value ? sentence(error.value) : null))

  async function act(variables: Variables): Promise<Data | null> {
    if (busy.value) return null
    busy.value = true
    error.value = null
    const answer = await api.value.mutation(document, variables).toPromise()
    busy.value = false
    // A refused mutation may still bring an (empty) data object.
    error.value = answer.error ?? (answer.data ? null : new Error('no answer'))
    return error.value ? null : (answer.data ?? null)
  }
  const forget = () => (error.value = null)

  return { act, busy, error, fields, faults, failure, forget }
}
