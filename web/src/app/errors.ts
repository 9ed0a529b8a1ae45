// From an error to what the person should read. The server's refusals come with a sentence in the person's language;
// this only adds what the server cannot know (no network) or must not say (INTERNAL).
import { CombinedError } from '@urql/core'
import { t } from './zh-CN'

export type Code =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'INVALID'
  | 'CONFLICT'
  | 'GAP'
  | 'RATE_LIMITED'
  | 'STORAGE_FULL'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'OFFLINE'
  | 'UNKNOWN'

interface Extensions {
  code?: Code
  id?: string
  fields?: { path: string; message: string }[]
  retryAfterMs?: number
  nextSeq?: number
}

function first(error: unknown): { message: string; extensions: Extensions } | null {
  const refusal = error instanceof CombinedError ? error.graphQLErrors[0] : undefined
  return refusal ? { message: refusal.message, extensions: refusal.extensions as Extensions } : null
}

export function codeOf(error: unknown): Code {
  if (error instanceof CombinedError && error.networkError) return codeOfAnswer(error)
  return first(error)?.extensions.code ?? 'UNKNOWN'
}

/** A transport failure is either no line at all, or an answer that is not GraphQL (a proxy's 502, a 429). */
function codeOfAnswer(error: CombinedError): Code {
  const status = (error.response as Response | undefined)?.status
  if (status === undefined) return 'OFFLINE'
  if (status === 401) return 'UNAUTHENTICATED'
  if (status === 429) return 'RATE_LIMITED'
  return 'UNAVAILABLE'
}

export function extensionsOf(error: unknown): Extensions {
  return first(error)?.extensions ?? {}
}

/** What is wrong with which input, by its path below `input`: "input.title" is found as "title". */
export function fieldErrors(error: unknown): Record<string, string> {
  const faults = extensionsOf(error).fields ?? []
  return Object.fromEntries(faults.map(({ path, message }) => [path.replace(/^input\./, ''), message]))
}

/** True where a certain field of the query was refused with this code. */
export function refusedAt(error: CombinedError | undefined, field: string, code: Code): boolean {
  const refusals = error?.graphQLErrors ?? []
  return refusals.some((one) => one.path?.[0] === field && (one.extensions as Extensions).code === code)
}

export function sentence(error: unknown): string {
  const code = codeOf(error)
  const { id, retryAfterMs } = extensionsOf(error)
  if (code === 'OFFLINE') return t('offline')
  if (code === 'INTERNAL') return t('internal', id ?? '')
  if (code === 'RATE_LIMITED' && retryAfterMs) return t('rateLimited', Math.ceil(retryAfterMs / 1000))
  return first(error)?.message || (code === 'UNKNOWN' ? t('unknown') : t(code))
}
