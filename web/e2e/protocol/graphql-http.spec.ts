// GraphQL over HTTP as its audits ask, and connections as a Relay compiler wants them.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { auditServer } from 'graphql-http'
import { base } from '../client.ts'

test('the audits of graphql-http find no error and nothing to warn of', async () => {
  const results = await auditServer({
    url: `${base()}/graphql`,
    // What the audits do not send and this server asks for, against requests of other sites.
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'x-requested-with': 'audit' },
      }),
  })
  expect(results.length).toBeGreaterThan(40)
  // A notice is an audit of what a server MAY do; the three about GET are declined, since a link could send one.
  const told = results.flatMap((result) =>
    result.status === 'ok' ? [] : [`${result.status} ${result.id} ${result.reason}`],
  )
  expect(told.filter((line) => !line.startsWith('notice '))).toEqual([])
  expect(told.map((line) => line.split(' ')[1]).sort()).toEqual(['5A70', '6A70', 'D6D5'])
})

/** One file for each list that a client pages through. */
const fragments: Record<string, string> = {
  courses: `fragment NAME on Query @refetchable(queryName: "NAMEPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    courses(first: $first, after: $after, filter: { required: true }) @connection(key: "NAME_courses") { edges { node { id title } } } }`,
  entries: `fragment NAME on Viewer @refetchable(queryName: "NAMEPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    entries(first: $first, after: $after) @connection(key: "NAME_entries") { edges { node { id amount rule { title } } } } }`,
  creditRows: `fragment NAME on Query @refetchable(queryName: "NAMEPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }, filter: { type: "CreditReportFilter!" }) {
    creditReport(filter: $filter) { totals { students } students(first: $first, after: $after) @connection(key: "NAME_students") {
      edges { node { student { id name } points hours } } } } }`,
  literacyRows: `fragment NAME on Query @refetchable(queryName: "NAMEPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    literacyReport { students(first: $first, after: $after) @connection(key: "NAME_students") {
      edges { node { student { id name } score indicators { key score } } } } } }`,
  auditLog: `fragment NAME on Query @refetchable(queryName: "NAMEPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    auditLog(first: $first, after: $after) @connection(key: "NAME_auditLog") { edges { node { id action target } } } }`,
  searchHits: `fragment NAME on Query @refetchable(queryName: "NAMEPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }, query: { type: "String!" }) {
    search(query: $query, first: $first, after: $after) @connection(key: "NAME_search") {
      edges { node { kind title course { id } fragments { text } } } } }`,
}

test('relay-compiler compiles pages of every connection against the committed schema', () => {
  const folder = join(process.env.XIANFENG_FOLDER ?? '', 'relay')
  const source = join(folder, 'src')
  mkdirSync(join(source, '__generated__'), { recursive: true })
  copyFileSync(
    fileURLToPath(new URL('../../schema.graphql', import.meta.url)),
    join(folder, 'schema.graphql'),
  )
  const settings = {
    src: 'src',
    schema: 'schema.graphql',
    language: 'typescript',
    artifactDirectory: 'src/__generated__',
  }
  writeFileSync(join(folder, 'package.json'), '{ "name": "relay", "private": true }')
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify({ ...settings, eagerEsModules: true }))
  for (const [name, fragment] of Object.entries(fragments)) {
    const text = fragment
      .replaceAll('NAME', `${name}_list`)
      .replaceAll(`"${name}_listPageQuery"`, `"${name}PageQuery"`)
    const file = `import { graphql } from 'relay-runtime'\nexport const list = graphql\`${text}\`\n`
    writeFileSync(join(source, `${name}.ts`), file)
  }
  const compiler = createRequire(import.meta.url).resolve('relay-compiler/cli.js')
  const done = spawnSync(process.execPath, [compiler, 'relay.config.json'], { cwd: folder, encoding: 'utf8' })
  const said = `${done.stdout}${done.stderr}`
  expect(done.status, said).toBe(0)
  expect(said).not.toMatch(/warn|error/i)
  expect(said).toMatch(/compiled documents: .*6 normalization/)
})
