// A question on what was just shown: asked by the server in an answer to a beat, answered in its own time. Wrong is not the end:
// the stretch is shown again, and then comes another question. Late is not the end either: what waits is released by the next one.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import { codeOf, sentence } from '@/app/errors'
import { AnswerCheckDocument, ExtendCheckDocument } from '@/shared/gql/student/learning/graphql'
import type { Answer } from './model'

export type Check = NonNullable<Answer['check']>
/** asked → passed, again (wrong: look once more) or late; late may come back to asked when the server grants more time */
export type CheckState = 'asked' | 'passed' | 'again' | 'late'

export function useCheck(heard: { passed: (releasedMs: number) => void }) {
  const check = shallowRef<Check | null>(null)
  const state = ref<CheckState>('asked')
  const left = ref(0)
  const shown = ref(false)
  const busy = ref<'answer' | 'extend' | null>(null)
  const refusal = ref<string | null>(null)
  const releasedMs = ref(0)
  const againFrom = ref<number | null>(null)
  let until = 0
  let timer = 0

  /** The same question may come with each answer until it is settled; it is put before the person once. */
  function ask(now: Check) {
    const isNew = check.value?.id !== now.id
    grant(now.deadlineMs)
    check.value = now
    if (!isNew) return
    state.value = 'asked'
    refusal.value = null
    shown.value = true
  }
  function grant(ms: number) {
    until = performance.now() + ms
    clearInterval(timer)
    timer = window.setInterval(look, 1000)
    if (state.value === 'late') state.value = 'asked'
    look()
  }
  function look() {
    left.value = Math.max(0, until - performance.now())
    if (left.value > 0) return
    clearInterval(timer)
    if (state.value === 'asked') state.value = 'late'
  }

  async function answer(option: string) {
    const asked = check.value
    if (!asked || busy.value) return
    busy.value = 'answer'
    refusal.value = null
    const { data, error } = await api.value
      .mutation(AnswerCheckDocument, { checkId: asked.id, option })
      .toPromise()
    busy.value = null
    if (check.value?.id !== asked.id) return
    const told = data?.answerCheck
    if (!told) return refuse(error)
    clearInterval(timer)
    releasedMs.value = told.releasedMs
    againFrom.value = told.passed ? null : (told.againFrom ?? asked.start)
    state.value = told.passed ? 'passed' : 'again'
    if (told.passed) heard.passed(told.releasedMs)
  }

  async function extend() {
    const asked = check.value
    if (!asked || busy.value) return
    busy.value = 'extend'
    refusal.value = null
    const { data, error } = await api.value.mutation(ExtendCheckDocument, { checkId: asked.id }).toPromise()
    busy.value = null
    if (check.value?.id !== asked.id) return
    if (data?.extendCheck) grant(data.extendCheck.deadlineMs)
    else refuse(error)
  }

  /** A question that is over for the server is over; a line that broke only means: press again. */
  function refuse(error: unknown) {
    if (['NOT_FOUND', 'CONFLICT'].includes(codeOf(error))) {
      clearInterval(timer)
      state.value = 'late'
    } else refusal.value = sentence(error)
  }

  const show = () => (shown.value = true)
  /** Settled or put aside: an open question waits beside the player until its time is over. */
  function dismiss() {
    shown.value = false
    if (state.value !== 'asked') forget()
  }
  function forget() {
    clearInterval(timer)
    check.value = null
    shown.value = false
  }
  onScopeDispose(() => clearInterval(timer))

  return {
    check,
    state,
    left,
    shown,
    busy,
    refusal,
    releasedMs,
    againFrom,
    ask,
    show,
    answer,
    extend,
    dismiss,
    forget,
  }
}
export type CheckSession = ReturnType<typeof useCheck>
