// One file on its way by tus: pieces of 8 MiB. A short break of the line it survives by itself; of a longer one it tells, and goes on from the
// server's offset when it is started again. The client library comes with the first file.
import type { DetailedError, Upload } from 'tus-js-client'

export const pieceSize = 8 * 1024 * 1024

export interface Events {
  progress: (sent: number) => void
  done: () => void
  /** Why it stopped; `again` where trying later may help (no line, a busy server), with the server's sentence if there was one. */
  stopped: (why: { again: boolean; sentence: string | null }) => void
}
export interface Transfer {
  start: () => Promise<void>
  pause: () => Promise<void>
  /** tells the server to forget the pieces too */
  cancel: () => Promise<void>
}

export function transfer(file: File, endpoint: string, events: Events): Transfer {
  let upload: Promise<Upload> | null = null
  const made = () => (upload ??= make(file, endpoint, events))
  return {
    async start() {
      const way = await made()
      const [last] = await way.findPreviousUploads()
      if (last) way.resumeFromPreviousUpload(last)
      way.start()
    },
    pause: async () => (await upload)?.abort(),
    cancel: async () => (await made()).abort(true),
  }
}

async function make(file: File, endpoint: string, events: Events): Promise<Upload> {
  const { Upload } = await import('tus-js-client')
  return new Upload(file, {
    endpoint,
    chunkSize: pieceSize,
    retryDelays: [0, 1000, 3000, 6000],
    headers: { 'X-Requested-With': 'xianfeng', 'Accept-Language': document.documentElement.lang || 'zh-CN' },
    metadata: { filename: file.name, filetype: file.type },
    removeFingerprintOnSuccess: true,
    onProgress: (sent) => events.progress(sent),
    onSuccess: () => events.done(),
    onError: (error) => events.stopped({ again: passes(error), sentence: refusal(error) }),
  })
}

type Answered = Pick<DetailedError, 'originalResponse'>
const answerOf = (error: unknown) => (error as Partial<Answered> | null)?.originalResponse ?? null

/** No answer at all, another request of the same file still open, too many at once, or a server in trouble. */
export function passes(error: unknown): boolean {
  const status = answerOf(error)?.getStatus()
  return status === undefined || status === 0 || status >= 500 || [409, 423, 429].includes(status)
}

export function refusal(error: unknown): string | null {
  const answer = answerOf(error)
  if (!answer) return null
  const body = answer.getBody().trim()
  return sentenceIn(body) ?? (body.startsWith('<') ? '' : body.slice(0, 200))
}

/** A refusal comes as a plain sentence, or as the JSON that GraphQL refusals have. */
function sentenceIn(body: string): string | null {
  try {
    const parsed = JSON.parse(body) as { message?: string; errors?: { message?: string }[] }
    return parsed.errors?.[0]?.message ?? parsed.message ?? null
  } catch {
    return null
  }
}
