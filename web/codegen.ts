// Typed documents, one file for each feature and audience: src/features/<feature>/<audience>/*.graphql becomes
// src/shared/gql/<audience>/<feature>/graphql.ts, and src/app/*.graphql becomes src/shared/gql/app/graphql.ts.
// A page then loads its own feature's operations and nobody else's.
import { readdirSync, rmSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'

type Output = CodegenConfig['generates'][string]

const typed = (documents: string): Output => ({
  documents,
  preset: 'client',
  presetConfig: { fragmentMasking: false },
  // __typename is what urql's document cache invalidates by.
  documentTransforms: [addTypenameSelectionDocumentTransform],
  config: {
    enumsAsTypes: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: 'string', Date: 'string', Decimal: 'string' },
  },
})

const features = readdirSync('src/features', { recursive: true, encoding: 'utf8' })
  .map((path) => /^([^/]+)\/(student|console)\/.*\.graphql$/.exec(path))
  .filter((match) => match !== null)
  .map(([, feature, audience]): [string, Output] => [
    `src/shared/gql/${audience}/${feature}/`,
    typed(`src/features/${feature}/${audience}/**/*.graphql`),
  ])

export default {
  schema: 'schema.graphql',
  hooks: {
    // The preset also writes a map of every document, which would keep every document in the bundle. Only graphql.ts stays.
    afterAllFileWrite: (...files: string[]) =>
      files.filter((file) => !file.endsWith('/graphql.ts')).forEach((file) => rmSync(file)),
  },
  generates: { 'src/shared/gql/app/': typed('src/app/**/*.graphql'), ...Object.fromEntries(features) },
} satisfies CodegenConfig
