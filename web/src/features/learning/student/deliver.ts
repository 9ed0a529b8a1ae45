// Getting beats to the server: one at a time while a study is open, and whatever is left of a study that is over.
import { CombinedError } from '@urql/core'
import { api, requestOptions } from '@/app/api'
import { codeOf, extensionsOf } from '@/app/errors'
import { HeartbeatDocument, type HeartbeatMutation } from '@/shared/gql/student/learning/graphql'
import { answered, isEmpty, nextBeat, refusedBeat, type Beat, type Queue } from './model'
import { drop, keep, kept } from './outbox'

const ANSWER_WITHIN_MS = 20_000
/** A study that is over is told in a few beats or not now. */
const ROUNDS = 5

/** `leaving`: the page may be gone before the answer comes. */
export async function send(
  studyId: string,
  { seq, spans, rate, visible }: Beat,
  leaving = false,
): Promise<{ data?: HeartbeatMutation | undefined; error?: CombinedError | undefined }> {
  const input = { studyId, seq, spans: spans.map(({ start, end }) => ({ start, end })), rate, visible }
  const clientTime = new Date().toISOString()
  const request = api.value
    .mutation(
      HeartbeatDocument,
      { input: { ...input, clientTime } },
      leaving ? { fetchOptions: farewell } : {},
    )
    .toPromise()
  return Promise.race([request, silence()])
}

const farewell = (): RequestInit => ({ ...requestOptions(), keepalive: true })

/** A line that neither answers nor breaks is no line. The beat may have arrived; the server knows it when it comes twice. */
async function silence() {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS))
  return { error: new CombinedError({ networkError: new Error('no answer') }) }
}

let underWay: Promise<void> = Promise.resolve()
const telling = new Set<string>()

/** The rest of a study that is over. What cannot be sent is kept on this device. */
export function finish(studyId: string, queue: Queue) {
  keep(studyId, queue)
  if (telling.has(studyId)) return
  telling.add(studyId)
  underWay = underWay.then(() => tellRest(studyId, queue)).finally(() => telling.delete(studyId))
}

async function tellRest(studyId: string, rest: Queue) {
  let queue = rest
  for (let round = 0; round < ROUNDS && !isEmpty(queue); round++) {
    const [next, beat] = nextBeat(queue, { rate: null, visible: true })
    const { data, error } = await send(studyId, beat, true)
    if (data?.heartbeat) queue = answered(next, data.heartbeat, false)
    else queue = refusedBeat(next, codeOf(error), extensionsOf(error).nextSeq)
    if (isGone(error)) return drop(studyId)
    if (!data?.heartbeat && queue.flight) break
  }
  keep(studyId, queue)
}

export const isGone = (error: unknown) => ['NOT_FOUND', 'FORBIDDEN'].includes(codeOf(error))

/** Before a new study takes the lease, which would make the rest of the one before worthless. Waits a moment, not for ever. */
export async function settleBefore(patience = 5000) {
  const before = kept()
  if (before) finish(before.studyId, before)
  await Promise.race([underWay, new Promise((resolve) => setTimeout(resolve, patience))])
}
