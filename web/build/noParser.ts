// urql can take queries as text and brings a GraphQL parser for it. Ours are parsed at build time (npm run codegen), so the
// parser stays out of the build: 1.6 kB of every student's first load. A query written as text fails loudly in production.
import type { Plugin } from 'vite'

const graphqlWeb = '@0no-co/graphql.web'
const id = '\0xianfeng:graphql-without-parser'
const code = `
export * from '${graphqlWeb}'
export function parse() { throw new Error('write the query in a .graphql file') }
`

export function noParser(): Plugin {
  return {
    name: 'xianfeng:no-parser',
    apply: 'build',
    enforce: 'pre',
    resolveId: (source, importer) => (source === graphqlWeb && importer !== id ? id : undefined),
    load: (module) => (module === id ? code : undefined),
  }
}
