// What is typed into a form survives a reload, a crash and an expired session; it goes when it was saved.
import { ref, watch, type Ref } from 'vue'

export function useDraft<Form extends object>(
  key: string,
  blank: () => Form,
): { form: Ref<Form>; clear: () => void } {
  const place = `xianfeng:draft:${key}`
  const kept = localStorage.getItem(place)
  const form = ref(kept ? { ...blank(), ...(JSON.parse(kept) as Partial<Form>) } : blank()) as Ref<Form>

  const isBlank = () => JSON.stringify(form.value) === JSON.stringify(blank())
  watch(
    form,
    () =>
      isBlank() ? localStorage.removeItem(place) : localStorage.setItem(place, JSON.stringify(form.value)),
    { deep: true },
  )
  return { form, clear: () => (form.value = blank()) }
}
