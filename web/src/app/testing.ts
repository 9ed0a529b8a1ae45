// For component tests: a server that answers by the name of the operation, and keeps what it was asked.
import { flushPromises } from '@vue/test-utils'
import { vi } from 'vitest'

type Answer = Record<string, unknown> | ((variables: Record<string, unknown>) => Record<string, unknown>)
export interface Asked {
  name: string
  variables: Record<string, unknown>
}

/** The refusal of the server as an answer: with the path of a field, or for the whole. */
export const refusal = (code: string, message: string, path?: string) => ({
  errors: [{ message, extensions: { code, ...(path && { fields: [{ path, message }] }) } }],
})

export function serve(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = []
  vi.stubGlobal(
    'fetch',
    vi.fn(async (_url: string, init: RequestInit) => {
      const { operationName: name, variables = {} } = JSON.parse(String(init.body))
      asked.push({ name, variables })
      const answer = answers[name]
      if (!answer) throw new Error(`nobody answers ${name}`)
      const found = typeof answer === 'function' ? answer(variables) : answer
      return Response.json('errors' in found ? { data: null, ...found } : { data: found })
    }),
  )
  return asked
}

/** Everything that was set off has come to rest. */
export async function rest() {
  for (let turn = 0; turn < 4; turn++) await flushPromises()
}
export const only = (asked: Asked[], name: string) =>
  asked.filter((one) => one.name === name).map(({ variables }) => variables)
