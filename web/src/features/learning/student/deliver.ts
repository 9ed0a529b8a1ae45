// Getting beats to the server: one at a time while a study is open, and whatever is left of studies that are over.
import { CombinedError } from '@urql/core'
import { api, requestOptions } from '@/app/api'
import { codeOf, extensionsOf } from '@/app/errors'
import { HeartbeatDocument, type HeartbeatMutation } from '@/shared/gql/student/learning/graphql'
import { alone, drop, keep, kept, owe, type Kept } from './outbox'
import { answered, hasFresh, isEmpty, nextBeat, owed, refusedBeat, type Beat } from './queue'

const ANSWER_WITHIN_MS = 20_000
/** A study that is over is told in a few beats or not now. */
const ROUNDS = 8

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

/** The study is not this session's any more, or not there: its spans can only be claimed under another one. */
export const isGone = (error: unknown) => ['NOT_FOUND', 'FORBIDDEN'].includes(codeOf(error))

let underWay: Promise<number> = Promise.resolve(0)

/** Tells the rest of every study of this person that is over; what cannot be told now stays kept. Gives the milliseconds credited. */
export function tellRest(person: string): Promise<number> {
  underWay = underWay.then(() => tellAll(person)).catch(() => 0)
  return underWay
}

async function tellAll(person: string): Promise<number> {
  let credited = 0
  for (const record of await kept(person, Date.now())) {
    const { studyId } = record
    if (studyId) await alone(studyId, async () => void (credited += await tell(studyId, record)))
  }
  return credited
}

async function tell(studyId: string, record: Kept): Promise<number> {
  let { queue } = record
  let credited = 0
  for (let round = 0; round < ROUNDS && !isEmpty(queue); round++) {
    const now = Date.now()
    const [next, beat] = nextBeat(queue, { rate: null, visible: true }, now)
    // Kept before it goes: should the page go meanwhile, the very same beat is sent again.
    await keep({ ...record, queue: next })
    const { data, error } = await send(studyId, beat, true)
    const answer = data?.heartbeat
    queue = answer
      ? answered(next, answer, record.reading, now)
      : refusedBeat(next, codeOf(error), extensionsOf(error).nextSeq)
    credited += answer?.creditedMs ?? 0
    if (isGone(error) || answer?.lease === 'LOST') {
      await owe({ ...record, queue }, owed(queue))
      return credited
    }
    // No line, or too fast: the rest is told later, as time allows.
    if ((!answer && queue.flight) || (answer && !hasFresh(queue, answer))) break
  }
  if (isEmpty(queue)) await drop(record)
  else await keep({ ...record, queue })
  return credited
}

/** Before a new study takes the lease, which would make the rest of the one before worthless. Waits a moment, not for ever. */
export async function settleBefore(person: string, patience = 5000) {
  await Promise.race([tellRest(person), new Promise((resolve) => setTimeout(resolve, patience))])
}

/** What other studies of this lesson still owe. The records go once the new study has taken them into its own. */
export async function inheritance(person: string, lessonId: string): Promise<Kept[]> {
  return (await kept(person, Date.now())).filter((record) => record.lessonId === lessonId)
}
