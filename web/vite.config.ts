// Two apps from one source: index.html for students, console.html for lecturers and admins. `npm run build` builds one
// after the other (`--mode student`, `--mode console`): in a joint build Vue's shared chunk would carry to the phones
// what only Element Plus needs. Both write to dist/, which the Rust program embeds.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { bundleReport } from './build/bundleReport.ts'
import { compress } from './build/compress.ts'
import { consolePages } from './build/consolePages.ts'
import { icons } from './build/icons.ts'
import { noParser } from './build/noParser.ts'
import { serviceWorker } from './build/serviceWorker.ts'

const server = 'http://127.0.0.1:8080'
const root = fileURLToPath(new URL('.', import.meta.url))
// What every page stands on is one file: in pieces it would be as many requests before the first screen.
const ground =
  /node_modules\/(@?vue|vue-router|@urql|wonka|@0no-co)\/|src\/(app\/(api|errors|session|store|toasts|zh-CN)|shared\/(words|format)|design\/(zh-CN|components\/Button))\.|plugin-vue:export-helper/

export default defineConfig(({ mode }) => ({
  plugins: [
    vue(),
    icons(root),
    noParser(),
    consolePages(),
    serviceWorker(root),
    bundleReport(root, mode),
    compress(),
  ],
  resolve: { alias: { '@': `${root}src` } },
  define: {
    // Our own components use <script setup> only; Element Plus is left its choice.
    __VUE_OPTIONS_API__: String(mode !== 'student'),
  },
  build: {
    emptyOutDir: mode === 'student',
    // Android WebViews inside WeChat lag behind their browsers by years.
    target: ['chrome87', 'safari14'],
    // data: addresses would count twice (once per chunk) and hide from the byte budget.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { [mode]: mode === 'console' ? `${root}console.html` : `${root}index.html` },
      output: {
        // Every name stands in the first script, and of a name the hash is what does not compress.
        chunkFileNames: 'assets/[name]-[hash:7].js',
        assetFileNames: 'assets/[name]-[hash:7][extname]',
        codeSplitting: { groups: [{ name: 'ground', test: ground }] },
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/uploads': server,
      '/media': server,
      '/pictures': server,
      '/exports': server,
    },
  },
}))
