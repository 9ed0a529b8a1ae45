// Notes which chunk imports which and what is inside, for scripts/size.mjs. Kept out of dist/: the server embeds that folder.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Plugin } from 'vite'

export function bundleReport(root: string, app: string): Plugin {
  return {
    name: 'xianfeng:bundle-report',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).flatMap((part) =>
        part.type !== 'chunk'
          ? []
          : [
              {
                file: part.fileName,
                entry: part.isEntry ? part.name : null,
                imports: part.imports,
                dynamicImports: part.dynamicImports,
                css: [...(part.viteMetadata?.importedCss ?? [])],
                modules: Object.keys(part.modules).map((id) => relative(root, id)),
              },
            ],
      )
      const folder = join(root, 'node_modules/.cache')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `bundle-${app}.json`), JSON.stringify(chunks, null, 1))
    },
  }
}
