// One file on its way by tus: pieces of 8 MiB, tried again by itself after a short break of the line, resumed from the
// server's offset after a long one or a reload.
import { DetailedError, Upload } from 'tus-js-client'

export const pieceSize = 8 * 1024 * 1024

export interface Events {
  progress: (sent: number) => void
  done: () => void
  /** what the server said, or null where the line broke */
  failed: (sentence: string | null) => void
}
export interface Transfer {
  start: () => Promise<void>
  pause: () => Promise<void>
  /** tells the server to forget the pieces too */
  cancel: () => Promise<void>
}

export function transfer(file: File, endpoint: string, events: Events): Transfer {
  const upload = new Upload(file, {
    endpoint,
    chunkSize: pieceSize,
    retryDelays: [0, 1000, 3000, 8000, 20_000],
    headers: { 'X-Requested-With': 'xianfeng', 'Accept-Language': document.documentElement.lang || 'zh-CN' },
    metadata: { filename: file.name, filetype: file.type },
    removeFingerprintOnSuccess: true,
    onProgress: (sent) => events.progress(sent),
    onSuccess: () => events.done(),
    onError: (error) => events.failed(refusal(error)),
  })

  return {
    async start() {
      const [last] = await upload.findPreviousUploads()
      if (last) upload.resumeFromPreviousUpload(last)
      upload.start()
    },
    pause: () => upload.abort(),
    cancel: () => upload.abort(true),
  }
}

export function refusal(error: unknown): string | null {
  const answer = error instanceof DetailedError ? error.originalResponse : null
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
