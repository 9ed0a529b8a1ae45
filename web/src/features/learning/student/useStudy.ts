// One sitting at one lesson: opens the study, sends the beats, and knows what the server counted. Video and reading only
// say what was played or on screen. A beat is acknowledged when it is on disk; until then its spans are kept on this device, over
// reloads and sleep, and sent again. The rules of that are in queue.ts, the keeping in outbox.ts.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/app/api'
import { codeOf, extensionsOf } from '@/app/errors'
import { useSession } from '@/app/session'
import { useToasts } from '@/app/toasts'
import { decimal } from '@/shared/format'
import {
  OpenStudyDocument,
  WatchMapsDocument,
  type OpenStudyMutation,
} from '@/shared/gql/student/learning/graphql'
import { inheritance, isGone, send, settleBefore, tellRest } from './deliver'
import { gatherAwards, union, type Answer, type Reason, type Span } from './model'
import { drop, hold, keep, keepAtOnce, owe, sameContent, type Content, type Kept } from './outbox'
import {
  add,
  answered,
  hasFresh,
  inherit,
  isEmpty,
  nextBeat,
  openQueue,
  owed,
  refusedBeat,
  unsent,
  type Beat,
} from './queue'
import { useCheck } from './useCheck'
import { follow, readMap, type WatchMap } from './watchMap'
import { t } from './zh-CN'

export type OpenedStudy = OpenStudyMutation['openStudy']
/** What is played is written down this often; a phone that dies loses no more. */
const NOTE_MS = 2000
/** Between beats with nothing to tell; the server lets a study rest for ten minutes. */
const SIGN_OF_LIFE_MS = 60_000
/** An entry follows its beat within a second. */
const AWARD_AFTER_MS = 1500
const REST_MS = 10_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const nothing: WatchMap = { end: 0, covered: [], pending: [], refused: [] }

export function useStudy(lessonId: () => string) {
  const toasts = useToasts()
  const session = useSession()
  const study = shallowRef<OpenedStudy | null>(null)
  const opening = ref(false)
  const fault = shallowRef<unknown>(null)
  const map = shallowRef<WatchMap>(nothing)
  const coverage = ref(0)
  const completed = ref(false)
  /** set when the last required stretch was counted in this sitting */
  const justCompleted = ref(false)
  const lost = ref(false)
  const trouble = ref<'offline' | 'busy' | null>(null)
  const refusal = ref<Reason | null>(null)
  /** recorded here and not yet told: milliseconds, or blocks */
  const recorded = ref(0)

  let queue = openQueue(1)
  let rate: number | null = null
  let visible = true
  let gather: () => Span[] = () => []
  let busy = false
  let again = false
  let beatenAt = 0
  let timer = 0
  let later = 0
  let opened = 0
  let release = () => Promise.resolve()
  let written = 0

  /** known also after signing out in the middle of a lesson */
  let person = ''
  const isReading = (now: OpenedStudy) => now.material.__typename === 'ReadingMaterial'
  const contentOf = ({ material }: OpenedStudy): Content =>
    'durationMs' in material
      ? { version: null, end: material.durationMs }
      : { version: material.version, end: material.blocks.length }
  const check = useCheck({
    passed(releasedMs) {
      if (releasedMs > 0) void readAgain()
      void beat()
    },
    missed: () => void beat(),
  })

  /** The rest of the studies before goes first: a new one takes the lease. `stay`: what is on screen stays there meanwhile. */
  async function open(stay = false) {
    const mine = ++opened
    const before = stay ? study.value : null
    const free = close()
    person = session.viewer?.id ?? ''
    study.value = before
    opening.value = true
    fault.value = null
    await Promise.race([free, pause(1000)])
    await settleBefore(person)
    const heritage = await inheritance(person, lessonId())
    if (mine !== opened) return
    const { data, error } = await api.value.mutation(OpenStudyDocument, { lessonId: lessonId() }).toPromise()
    if (mine !== opened) return
    opening.value = false
    // A refused mutation may come with an empty `data`.
    if (!data?.openStudy) {
      fault.value = error ?? new Error('no study')
      if (codeOf(error) === 'OFFLINE') trouble.value = 'offline'
      return
    }
    begin(data.openStudy, heritage, !before)
  }

  function begin(now: OpenedStudy, heritage: Kept[], fresh: boolean) {
    const { lesson, material } = now
    const end = 'durationMs' in material ? material.durationMs : material.blocks.length
    const told = readMap(lesson.watchMap ?? { ...nothing, end })
    map.value = readMap({ ...told, end, covered: union(told.covered, now.covered) })
    coverage.value = lesson.progress?.coverage ?? 0
    completed.value = lesson.progress?.completed ?? false
    justCompleted.value = false
    lost.value = false
    trouble.value = null
    refusal.value = null
    visible = document.visibilityState === 'visible'
    beatenAt = Date.now()
    study.value = now
    release = hold(now.id)
    check.forget()
    check.hear(now, fresh)
    // Numbers of another text, or of another video, are other words: what was noted of it goes with it.
    const same = heritage.filter(({ content }) => !content || sameContent(content, contentOf(now)))
    const before = same.flatMap((record) => owed(record.queue))
    queue = inherit(openQueue(now.nextSeq), before, map.value.covered)
    void note().then(() => Promise.all(heritage.map(drop)))
    wait()
    if (!isEmpty(queue)) soon(0)
  }

  /** Not to the millisecond: people's clocks are not so even either. */
  function wait() {
    const even = Math.min(NOTE_MS, (study.value?.heartbeatMs ?? NOTE_MS) / 3)
    timer = window.setTimeout(pulse, even * (0.8 + 0.4 * Math.random()))
  }
  /** Writes down what was played; tells it when it is time. Nothing to tell is told once a minute, as a sign of life. */
  function pulse() {
    const current = study.value
    if (!current) return
    wait()
    const before = queue
    collect()
    if (queue !== before) void note()
    const rest = Date.now() - beatenAt
    if (rest >= (isEmpty(queue) ? SIGN_OF_LIFE_MS : current.heartbeatMs)) void beat()
  }
  function collect() {
    queue = add(queue, gather(), { rate, visible }, Date.now())
    recorded.value = unsent(queue)
  }
  const record = (current: OpenedStudy): Kept => ({
    studyId: current.id,
    lessonId: current.lesson.id,
    person,
    reading: isReading(current),
    content: contentOf(current),
    queue,
    // Never twice the same: of two copies one is the newer.
    at: (written = Math.max(written + 1, Date.now())),
  })
  /** On this device, as it stands now. */
  async function note() {
    recorded.value = unsent(queue)
    if (study.value) await (isEmpty(queue) ? drop : keep)(record(study.value))
  }

  /** Sends what there is now. `leaving`: the page may be gone before the answer comes. */
  async function beat(leaving = false) {
    const current = study.value
    if (!current || lost.value || opening.value) return
    collect()
    // The server takes one beat after the other; what comes up meanwhile follows as soon as this one is answered.
    if (busy) {
      again = true
      if (leaving) keepAtOnce(record(current))
      return
    }
    busy = true
    const [next, sent] = nextBeat(queue, { rate, visible }, Date.now())
    queue = next
    beatenAt = Date.now()
    // Written down before it goes: whatever happens to this page, the very same beat can be sent again.
    if (leaving) keepAtOnce(record(current))
    else await Promise.race([note(), pause(500)])
    if (study.value !== current) return
    const { data, error } = await send(current.id, sent, leaving)
    if (study.value !== current || opening.value) return
    busy = false
    if (data?.heartbeat) accept(current, sent, data.heartbeat)
    else refuse(error)
    const more = data?.heartbeat && (again || hasFresh(queue, data.heartbeat))
    again = false
    if (more && !lost.value) soon(0)
  }

  function accept(current: OpenedStudy, sent: Beat, answer: Answer) {
    queue = answered(queue, answer, isReading(current), Date.now())
    trouble.value = null
    map.value = follow(map.value, sent, answer)
    coverage.value = answer.coverage
    const isNew = answer.completed && !completed.value
    justCompleted.value ||= isNew
    completed.value ||= answer.completed
    refusal.value = answer.refused.at(-1)?.reason ?? null
    for (const { amount, measure, rule } of gatherAwards(answer.awards))
      toasts.ok(t('award', `+${decimal(amount)}`, t(measure), rule.title))
    if (answer.lease === 'LOST') return lose()
    void note()
    check.hear(answer)
    if (isNew) soon(AWARD_AFTER_MS)
  }

  function refuse(error: unknown) {
    const code = codeOf(error)
    const { nextSeq, retryAfterMs } = extensionsOf(error)
    if (isGone(error)) return lose()
    queue = refusedBeat(queue, code, nextSeq)
    void note()
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

  /** After a question released what waited: the server's map says which seconds. */
  async function readAgain() {
    const current = study.value
    if (!current) return
    const { data } = await api.value
      .query(WatchMapsDocument, { courseId: current.course.id }, { requestPolicy: 'network-only' })
      .toPromise()
    const lessons = data?.course?.chapters.flatMap((chapter) => chapter.lessons) ?? []
    const told = lessons.find(({ id }) => id === current.lesson.id)?.watchMap
    if (told && study.value === current) map.value = readMap({ ...told, end: map.value.end })
  }

  /** Another device goes on. What is not told yet waits for the next study of the lesson. */
  function lose() {
    lost.value = true
    check.forget()
    if (study.value) void owe(record(study.value), owed(queue))
    queue = openQueue(1)
    recorded.value = 0
    stop()
  }
  /** This sitting is over: what it still has to tell is kept, and told without it. */
  function close(): Promise<void> {
    stop()
    if (study.value && !lost.value) {
      collect()
      void note()
      if (!isEmpty(queue)) keepAtOnce(record(study.value))
    }
    study.value = null
    queue = openQueue(1)
    recorded.value = 0
    busy = again = false
    return release()
  }
  function stop() {
    clearTimeout(timer)
    clearTimeout(later)
    following = false
  }

  function onSight() {
    // What was played until now was played as it was until now.
    collect()
    visible = document.visibilityState === 'visible'
    if (visible) {
      if (!isEmpty(queue)) void beat()
    } else leave()
  }
  function leave() {
    collect()
    if (study.value && !isEmpty(queue)) void beat(true)
  }
  /** The line is back: on with the study, or with the opening that failed on the way. */
  const onLine = () => void (study.value && fault.value ? open(true) : beat())
  const offLine = () => (trouble.value = 'offline')
  document.addEventListener('visibilitychange', onSight)
  window.addEventListener('pagehide', leave)
  window.addEventListener('online', onLine)
  window.addEventListener('offline', offLine)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', onSight)
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('online', onLine)
    window.removeEventListener('offline', offLine)
    opened++
    void close().then(() => tellRest(person))
  })

  return {
    study,
    opening,
    fault,
    map,
    covered: computed(() => map.value.covered),
    coverage,
    completed,
    justCompleted,
    lost,
    trouble,
    refusal,
    recorded,
    check,
    open: () => void open(),
    /** The same page goes on under a new study: an address that ran out, a lease that is taken back. */
    reopen: () => void open(true),
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
