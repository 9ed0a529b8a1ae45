// Passing messages. `fail` is for an act that did not succeed; errors of a page's own data belong on the page.
import { ref } from 'vue'
import { sentence } from './errors'
import { defineStore } from './store'

export interface ToastMessage {
  id: number
  text: string
  tone: 'info' | 'ok' | 'danger'
}
const stay = { info: 5000, ok: 4000, danger: 9000 }
const atMost = 3

export const useToasts = defineStore(() => {
  const messages = ref<ToastMessage[]>([])
  let last = 0

  function show(text: string, tone: ToastMessage['tone'] = 'info') {
    const id = ++last
    const others = messages.value.filter((message) => message.text !== text)
    messages.value = [...others, { id, text, tone }].slice(-atMost)
    setTimeout(() => close(id), stay[tone])
  }
  function close(id: number) {
    messages.value = messages.value.filter((message) => message.id !== id)
  }

  return {
    messages,
    show,
    close,
    ok: (text: string) => show(text, 'ok'),
    fail: (error: unknown) => show(sentence(error), 'danger'),
  }
})
