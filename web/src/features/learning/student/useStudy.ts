// One sitting at one lesson: opens the study, sends the beats, and knows what the server counted. Video and reading only
// say what was played or on screen (`claim`). A beat is acknowledged when it is on disk; until then its spans are kept and sent again.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import { codeOf, extensionsOf } from '@/app/errors'
import { useToasts } from '@/app/toasts'
import { decimal } from '@/shared/format'
import { OpenStudyDocument, type OpenStudyMutation } from '@/shared/gql/student/learning/graphql'
import { finish, isGone, send, settleBefore } from './deliver'
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
import { drop, keep } from './outbox'
import { t } from './zh-CN'

export type OpenedStudy = OpenStudyMutation['openStudy']
/** Between beats with nothing to tell; the server lets a study rest for ten minutes. */
const SIGN_OF_LIFE_MS = 60_000
/** An entry follows its beat within a second. */
const AWARD_AFTER_MS = 1500
const REST_MS = 10_000

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
  let opened = 0

  /** The rest of the study before goes first: a new one takes the lease. */
  async function open() {
    const mine = ++opened
    close()
    opening.value = true
    fault.value = null
    await settleBefore()
    if (mine !== opened) return
    const { data, error } = await api.value.mutation(OpenStudyDocument, { lessonId: lessonId() }).toPromise()
    if (mine !== opened) return
    opening.value = false
    // A refused mutation may come with an empty `data`.
    if (!data?.openStudy) {
      fault.value = error ?? new Error('no study')
      return
    }
    begin(data.openStudy)
  }

  function begin(now: OpenedStudy) {
    queue = openQueue(now.nextSeq)
    covered.value = now.covered.map(({ start, end }) => ({ start, end }))
    coverage.value = now.lesson.progress?.coverage ?? 0
    completed.value = now.lesson.progress?.completed ?? false
    justCompleted.value = false
    lost.value = false
    trouble.value = null
    refusal.value = null
    beatenAt = Date.now()
    study.value = now
    timer = window.setInterval(tick, now.heartbeatMs)
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
    if (leaving) keep(current.id, queue)
    const { data, error } = await send(current.id, sent, leaving)
    if (study.value !== current) return
    busy = false
    if (data?.heartbeat) accept(sent, data.heartbeat)
    else refuse(error)
    if (again && data?.heartbeat) void beat()
    again = false
  }

  function accept(sent: Beat, answer: Answer) {
    const reading = study.value?.material.__typename === 'ReadingMaterial'
    queue = answered(queue, answer, !reading)
    trouble.value = null
    covered.value = union(covered.value, creditedOf(sent, answer))
    coverage.value = answer.coverage
    const isNew = answer.completed && !completed.value
    justCompleted.value ||= isNew
    completed.value ||= answer.completed
    refusal.value = answer.refused.at(-1)?.reason ?? null
    for (const { amount, measure, rule } of gatherAwards(answer.awards))
      toasts.ok(t('award', `+${decimal(amount)}`, t(measure), rule.title))
    if (study.value) keep(study.value.id, queue)
    if (answer.lease === 'LOST') lose()
    else if (isNew) soon(AWARD_AFTER_MS)
  }

  function refuse(error: unknown) {
    const code = codeOf(error)
    const { nextSeq, retryAfterMs } = extensionsOf(error)
    if (isGone(error)) return lose()
    queue = refusedBeat(queue, code, nextSeq)
    if (study.value) keep(study.value.id, queue)
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
    if (study.value) drop(study.value.id)
    stop()
  }
  /** This sitting is over: what it still has to tell is told without it. */
  function close() {
    stop()
    if (study.value && !lost.value) {
      collect()
      if (!isEmpty(queue)) finish(study.value.id, queue)
    }
    study.value = null
    queue = openQueue(1)
    busy = again = false
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
    opened++
    close()
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
