import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { icons } from './build/icons.ts'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  plugins: [vue(), icons(root)],
  resolve: { alias: { '@': `${root}src` } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    exclude: ['e2e/**', 'node_modules/**'],
    // The machine is shared with a Rust build; one process is fast enough for pure functions and small components.
    maxWorkers: 1,
  },
})
