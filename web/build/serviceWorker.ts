// Writes sw.js with the list of what the shell needs without a line: the entry, the first page, and the pages of kept readings.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const pages = /src\/(entry\/student\.ts|features\/learning\/student\/(HomeBody|Saved\w+)\.vue)/

export function serviceWorker(root: string): Plugin {
  return {
    name: 'xianfeng:service-worker',
    apply: (_config, { command, mode }) => command === 'build' && mode === 'student',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const chunks = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? [part] : []))
        const queue = chunks.filter((chunk) => Object.keys(chunk.modules).some((id) => pages.test(id)))
        const files = new Set(['/'])
        for (let chunk = queue.pop(); chunk; chunk = queue.pop()) {
          const { fileName, imports, viteMetadata } = chunk
          if (files.has(`/${fileName}`)) continue
          files.add(`/${fileName}`)
          for (const style of viteMetadata?.importedCss ?? []) files.add(`/${style}`)
          queue.push(...chunks.filter((other) => imports.includes(other.fileName)))
        }
        const list = [...files].sort()
        const version = createHash('sha256').update(list.join()).digest('hex').slice(0, 12)
        const source = readFileSync(`${root}src/sw/worker.js`, 'utf8')
          .replace('__FILES__', JSON.stringify(list))
          .replace('__VERSION__', version)
        this.emitFile({ type: 'asset', fileName: 'sw.js', source })
      },
    },
  }
}
