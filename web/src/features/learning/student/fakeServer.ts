// For tests: the study protocol as the server keeps it, behind fetch. Only what a client can see of it.
import { vi } from 'vitest'
import type { Answer, Reason, Span } from './model'
import { union, without } from './model'

interface BeatInput {
  studyId: string
  seq: number
  spans: Span[]
  visible: boolean
  rate: number | null
}
type Body = { data?: object | null; errors?: object[] }
const refusal = (code: string, path: string, more: object = {}): Body => ({
  data: null,
  errors: [{ message: code, path: [path], extensions: { code, ...more } }],
})

export function fakeServer(kind: 'video' | 'reading' = 'video') {
  const server = {
    /** what the line does with the next requests: takes them, loses the request, or loses the answer */
    line: 'up' as 'up' | 'down' | 'deaf',
    beats: [] as BeatInput[],
    covered: [] as Span[],
    pending: [] as Span[],
    holder: '',
    opened: 0,
    /** decides what of a beat does not count */
    refuse: (() => []) as (beat: BeatInput) => (Span & { reason: Reason })[],
    check: null as Answer['check'],
    /** the stretch to show again */
    again: null as Span | null,
    content: 'v1',
    answers: [] as string[],
    extended: 0,
    wait: null as Promise<void> | null,
  }
  const studies = new Map<string, { next: number; last: string; told: Body }>()

  function open(): Body {
    server.holder = `stu_${++server.opened}`
    studies.set(server.holder, { next: 1, last: '', told: {} })
    const material =
      kind === 'video'
        ? {
            __typename: 'VideoMaterial',
            playlistUrl: '/p',
            posterUrl: null,
            durationMs: 600_000,
            captions: [],
          }
        : {
            __typename: 'ReadingMaterial',
            version: server.content,
            html: '',
            blocks: [{ index: 0, characters: 10 }],
          }
    const lesson = {
      __typename: 'VideoLesson',
      id: 'les_1',
      title: '一课',
      required: true,
      progress: null,
      watchMap: null,
    }
    const study = { __typename: 'Study', id: server.holder, heartbeatMs: 6000, maxRate: 2, nextSeq: 1 }
    const { covered, check, again } = server
    const course = { __typename: 'Course', id: 'cou_1', title: '课程' }
    return {
      data: {
        openStudy: { ...study, resumeAt: 0, questions: 1, covered, check, again, lesson, course, material },
      },
    }
  }

  function heartbeat(beat: BeatInput): Body {
    const study = studies.get(beat.studyId)
    if (!study) return refusal('NOT_FOUND', 'heartbeat')
    const body = JSON.stringify([beat.seq, beat.spans, beat.rate, beat.visible])
    if (beat.seq === study.next - 1 && study.last === body) return study.told
    if (beat.seq === study.next - 1) return refusal('CONFLICT', 'heartbeat')
    if (beat.seq !== study.next) return refusal('GAP', 'heartbeat', { nextSeq: study.next })
    server.beats.push(beat)
    const lease = beat.studyId === server.holder ? 'HELD' : 'LOST'
    const refused = lease === 'HELD' ? server.refuse(beat) : []
    const counted = lease === 'HELD' ? without(beat.spans, refused) : []
    const before = length(server.covered)
    server.covered = union(server.covered, counted)
    study.next++
    study.last = body
    study.told = {
      data: {
        heartbeat: {
          __typename: 'HeartbeatAnswer',
          nextSeq: study.next,
          lease,
          creditedMs: length(server.covered) - before,
          coverage: length(server.covered) / 600_000,
          completed: false,
          refused,
          awards: [],
          check: server.check,
          again: server.again,
        },
      },
    }
    return study.told
  }

  function answer(operation: string, variables: Record<string, unknown>): Body {
    if (operation === 'OpenStudy') return open()
    if (operation === 'Heartbeat') return heartbeat(variables.input as BeatInput)
    if (operation === 'ExtendCheck') {
      server.extended++
      return { data: { extendCheck: { __typename: 'CheckExtension', deadlineMs: 90_000 } } }
    }
    if (operation === 'WatchMaps') {
      const { covered, pending } = server
      const watchMap = { __typename: 'WatchMap', end: 600_000, covered, pending, refused: [] }
      const lessons = [{ __typename: 'VideoLesson', id: 'les_1', watchMap }]
      const chapters = [{ __typename: 'Chapter', id: 'cha_1', lessons }]
      return { data: { course: { __typename: 'Course', id: 'cou_1', chapters } } }
    }
    const option = String(variables.option)
    server.answers.push(option)
    server.check = null
    const passed = option === 'right'
    if (passed) server.covered = union(server.covered, server.pending)
    const releasedMs = passed ? length(server.pending) : 0
    if (passed) server.pending = []
    const told = { __typename: 'CheckAnswer', passed, releasedMs, againFrom: passed ? null : 12_000 }
    return { data: { answerCheck: told } }
  }
  const length = (spans: Span[]) => spans.reduce((sum, { start, end }) => sum + end - start, 0)

  vi.stubGlobal(
    'fetch',
    vi.fn(async (_url: string, { body }: { body: string }) => {
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> }
      const operation = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? ''
      if (server.line === 'down') throw new TypeError('Failed to fetch')
      const told = answer(operation, variables)
      if (server.wait) await server.wait
      if ((server.line as string) === 'deaf') throw new TypeError('Failed to fetch')
      return Response.json(told)
    }),
  )
  return {
    ...{ server },
    /** another device opens a study */
    takeAway: () => void open(),
  }
}
