// Journeys in real Chromium against the real program: `npm run e2e`, and `npm run pictures` for the README.
import { defineConfig } from '@playwright/test'

const chromium = {
  browserName: 'chromium' as const,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  // Nothing is still fading in when colours are measured or pictures taken.
  contextOptions: { reducedMotion: 'reduce' as const },
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
}
const phone = { ...chromium, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const desktop = { ...chromium, viewport: { width: 1440, height: 900 } }
const pages = /(flows\/.*|a11y)\.spec\.ts$/
const pictures = process.env.XIANFENG_PICTURES !== undefined

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/server.ts',
  // One server and two cores for all of them.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { actionTimeout: 10_000, navigationTimeout: 20_000, screenshot: 'only-on-failure', trace: 'off' },
  projects: pictures
    ? [{ name: 'pictures', testMatch: /pictures\.ts$/, use: desktop }]
    : [
        { name: 'protocol', testMatch: /protocol\/.*\.spec\.ts$/ },
        { name: 'phone', testMatch: pages, use: phone },
        { name: 'desktop', testMatch: pages, use: desktop },
      ],
})
