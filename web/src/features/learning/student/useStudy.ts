// One sitting at one lesson: opens the study, sends the beats, and knows what the server counted. Video and reading only
// say what was played or on screen (`claim`). A beat is acknowledged when it is on disk; until then its spans are kept and sent again.
import { CombinedError } from '@urql/core'
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api, requestOptions } from '@/app/api'
import { codeOf, extensionsOf } from '@/app/errors'
import { useToasts } from '@/app/toasts'
import { decimal } from '@/shared/format'
import {
  HeartbeatDocument,
  OpenStudyDocument,
  type OpenStudyMutation,
} from '@/shared/gql/student/learning/graphql'
import {
  add,
  answered,
  creditedOf,
  gatherAwards,
  isEmpty,
  nextBeat,
  openQueue,
  refusedBeat,
  union,
  type Answer,
  type Beat,
  type Reason,
  type Span,
} from './model'
import { t } from './zh-CN'

export type OpenedStudy = OpenStudyMutation['openStudy']
/** Between beats with nothing to tell; the server lets a study rest for ten minutes. */
const SIGN_OF_LIFE_MS = 60_000
/** An entry follows its beat within a second. */
const AWARD_AFTER_MS = 1500
const REST_MS = 10_000
const ANSWER_WITHIN_MS = 20_000

export function useStudy(lessonId: () => string) {
  const toasts = useToasts()
  const study = shallowRef<OpenedStudy | null>(null)
  const opening = ref(false)
  const fault = shallowRef<unknown>(null)
  const covered = shallowRef<Span[]>([])
  const coverage = ref(0)
  const completed = ref(false)
  /** set when the last required stretch was counted in this sitting */
  const justCompleted = ref(false)
  const lost = ref(false)
  const trouble = ref<'offline' | 'busy' | null>(null)
  const refusal = ref<Reason | null>(null)

  let queue = openQueue(1)
  let rate: number | null = null
  let gather: () => Span[] = () => []
  let busy = false
  let again = false
  let beatenAt = 0
  let timer = 0
  let later = 0

  async function open() {
    stop()
    opening.value = true
    fault.value = null
    const { data, error } = await api.value.mutation(OpenStudyDocument, { lessonId: lessonId() }).toPromise()
    opening.value = false
    if (!data) {
      fault.value = error ?? new Error('no study')
      return
    }
    const opened = data.openStudy
    queue = openQueue(opened.nextSeq)
    covered.value = opened.covered.map(({ start, end }) => ({ start, end }))
    coverage.value = opened.lesson.progress?.coverage ?? 0
    completed.value = opened.lesson.progress?.completed ?? false
    justCompleted.value = false
    lost.value = false
    trouble.value = null
    refusal.value = null
    beatenAt = Date.now()
    study.value = opened
    timer = window.setInterval(tick, opened.heartbeatMs)
  }

  /** Nothing to tell is told once a minute, as a sign of life. */
  function tick() {
    collect()
    if (!isEmpty(queue) || Date.now() - beatenAt >= SIGN_OF_LIFE_MS) void beat()
  }
  const collect = () => (queue = add(queue, gather()))

  /** Sends what there is now. `leaving`: the page may be gone before the answer comes. */
  async function beat(leaving = false) {
    const current = study.value
    if (!current || lost.value) return
    collect()
    // The server takes one beat after the other; what comes up meanwhile follows as soon as this one is answered.
    if (busy) {
      again = true
      return
    }
    busy = true
    const [next, sent] = nextBeat(queue, { rate, visible: document.visibilityState === 'visible' })
    queue = next
    beatenAt = Date.now()
    const request = api.value
      .mutation(
        HeartbeatDocument,
        { input: body(current.id, sent) },
        leaving ? { fetchOptions: farewell } : {},
      )
      .toPromise()
    const { data, error } = await Promise.race([request, silence()])
    busy = false
    if (study.value !== current) return
    if (data) accept(sent, data.heartbeat)
    else refuse(error)
    if (again && data) void beat()
    again = false
  }

  function accept(sent: Beat, answer: Answer) {
    const reading = study.value?.material.__typename === 'ReadingMaterial'
    queue = answered(queue, answer, !reading)
    trouble.value = null
    covered.value = union(covered.value, creditedOf(sent, answer))
    coverage.value = answer.coverage
    if (answer.completed && !completed.value) justCompleted.value = true
    completed.value ||= answer.completed
    refusal.value = answer.refused.at(-1)?.reason ?? null
    for (const { amount, measure, rule } of gatherAwards(answer.awards))
      toasts.ok(t('award', `+${decimal(amount)}`, t(measure), rule.title))
    if (answer.lease === 'LOST') lose()
    else if (justCompleted.value && answer.awards.length === 0) soon(AWARD_AFTER_MS)
  }

  function refuse(error: unknown) {
    const code = codeOf(error)
    const { nextSeq, retryAfterMs } = extensionsOf(error)
    if (code === 'NOT_FOUND' || code === 'FORBIDDEN') return lose()
    queue = refusedBeat(queue, code, nextSeq)
    trouble.value = code === 'OFFLINE' ? 'offline' : queue.flight ? 'busy' : null
    if (code === 'CONFLICT' || code === 'GAP') soon(0)
    else if (retryAfterMs) soon(retryAfterMs)
  }

  let following = false
  /** One beat out of turn; a second wish while one waits changes nothing. */
  function soon(wait: number) {
    if (following) return
    following = true
    later = window.setTimeout(() => {
      following = false
      void beat()
    }, wait)
  }

  function lose() {
    lost.value = true
    stop()
  }
  function stop() {
    clearInterval(timer)
    clearTimeout(later)
    following = false
  }

  const onHide = () => void (document.visibilityState === 'hidden' && beat(true))
  const onLeave = () => void beat(true)
  const onLine = () => void beat()
  document.addEventListener('visibilitychange', onHide)
  window.addEventListener('pagehide', onLeave)
  window.addEventListener('online', onLine)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', onHide)
    window.removeEventListener('pagehide', onLeave)
    window.removeEventListener('online', onLine)
    if (!lost.value) void beat(true)
    stop()
  })

  return {
    study,
    opening,
    fault,
    covered,
    coverage,
    completed,
    justCompleted,
    lost,
    trouble,
    refusal,
    open,
    beat: () => void beat(),
    /** Beginning again after a rest: better to hear at once that the lease went elsewhere. */
    wake: () => void (Date.now() - beatenAt > REST_MS && beat()),
    /** After a pause or the end: the entries of what was just told come a moment later. */
    settle: () => {
      void beat()
      soon(AWARD_AFTER_MS)
    },
    /** Where the beats take their spans from. */
    gatherFrom: (source: () => Span[]) => (gather = source),
    playAt: (value: number) => (rate = value),
  }
}
export type StudySession = ReturnType<typeof useStudy>

/** A line that neither answers nor breaks is no line. The beat stays in flight; the server knows it when it comes twice. */
async function silence() {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS))
  return { data: undefined, error: new CombinedError({ networkError: new Error('no answer') }) }
}

const farewell = (): RequestInit => ({ ...requestOptions(), keepalive: true })

const body = (studyId: string, { seq, spans, rate, visible }: Beat) => ({
  studyId,
  seq,
  spans,
  rate,
  visible,
  clientTime: new Date().toISOString(),
})
