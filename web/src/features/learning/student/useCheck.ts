// A question on what was just shown: asked by the server in an answer to a beat, answered in its own time. Neither a wrong answer nor
// none is the end: the stretch is shown again, and then there is another question, which releases what waits. Until that stretch was
// shown no question comes, so the page says which one it is.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import { codeOf, sentence } from '@/app/errors'
import { AnswerCheckDocument, ExtendCheckDocument } from '@/shared/gql/student/learning/graphql'
import type { Answer, Span } from './model'

export type Check = NonNullable<Answer['check']>
/** asked → passed, again (wrong: look once more) or late; left: it stood open when the lesson was left */
export type CheckState = 'asked' | 'passed' | 'again' | 'late' | 'left'
type Told = Partial<Pick<Answer, 'check' | 'again'>>

/** `missed`: what the server makes of that is to be heard. */
export function useCheck(heard: { passed: (releasedMs: number) => void; missed: () => void }) {
  const check = shallowRef<Check | null>(null)
  const state = ref<CheckState>('asked')
  const left = ref(0)
  const shown = ref(false)
  const busy = ref<'answer' | 'extend' | null>(null)
  const refusal = ref<string | null>(null)
  const releasedMs = ref(0)
  /** the stretch to show again before the next question */
  const again = shallowRef<Span | null>(null)
  let until = 0
  let timer = 0
  /** answered already: an answer to a beat that was under way may still tell it */
  let settled = ''

  /** What the server says with each answer: the question that waits, or the stretch to show again first. */
  function hear({ check: now, again: stretch }: Told, reopened = false) {
    if (now) return now.id === settled ? undefined : ask(now)
    again.value = stretch ?? null
    if (!stretch) return
    if (check.value && state.value === 'asked') miss()
    else if (reopened) {
      state.value = 'left'
      shown.value = true
    }
  }
  /** The same question may come with each answer until it is settled; it is put before the person once. */
  function ask(now: Check) {
    const isNew = check.value?.id !== now.id
    grant(now.deadlineMs)
    again.value = null
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
    if (state.value !== 'asked') return
    miss()
    heard.missed()
  }
  /** Its time is over. Who put it aside reads beside the lesson what to do, without a word in between. */
  function miss() {
    clearInterval(timer)
    again.value ??= stretchOf(check.value)
    state.value = 'late'
    if (!shown.value) check.value = null
  }
  const stretchOf = (of: Check | null, start = of?.start) =>
    of && start !== undefined ? { start, end: of.end } : null

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
    settled = asked.id
    releasedMs.value = told.releasedMs
    again.value = told.passed ? null : stretchOf(asked, told.againFrom ?? asked.start)
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
    if (!['NOT_FOUND', 'CONFLICT'].includes(codeOf(error))) return (refusal.value = sentence(error))
    miss()
    heard.missed()
  }

  const show = () => (shown.value = true)
  /** Settled or put aside: an open question waits beside the player until its time is over. */
  function dismiss() {
    shown.value = false
    if (state.value === 'asked') return
    clearInterval(timer)
    check.value = null
  }
  function forget() {
    clearInterval(timer)
    check.value = again.value = null
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
    again,
    hear,
    show,
    answer,
    extend,
    dismiss,
    forget,
  }
}
export type CheckSession = ReturnType<typeof useCheck>
