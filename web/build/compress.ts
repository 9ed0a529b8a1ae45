// Writes .br and .gz beside every text file of the build, so that the server never compresses a static file itself.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const text = /\.(html|js|mjs|css|svg|json|webmanifest|txt)$/
const worthIt = 512

export function compress(): Plugin {
  return {
    name: 'xianfeng:compress',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      for (const name of Object.keys(bundle)) {
        const path = join(dir, name)
        if (!text.test(path)) continue
        const bytes = readFileSync(path)
        if (bytes.length < worthIt) continue
        keepIfSmaller(`${path}.gz`, gzipSync(bytes, { level: 9 }), bytes.length)
        keepIfSmaller(`${path}.br`, brotliCompressSync(bytes, brotliOptions(bytes.length)), bytes.length)
      }
    },
  }
}

function brotliOptions(size: number) {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
    },
  }
}

function keepIfSmaller(path: string, packed: Buffer, original: number) {
  if (packed.length < original) writeFileSync(path, packed)
  else rmSync(path, { force: true })
}
