// What every spec of pages uses instead of @playwright/test: a page that may not complain, and people who are signed in.
import { test as plain, expect, type Page } from '@playwright/test'
import { base, cookieOf, type Account } from './client.ts'

export { expect }
export type { Page }

interface World {
  /** a page of its own context, signed in as one of the demo accounts */
  as: (name: Account) => Promise<Page>
  /** lines that this test expects on the console, as for a refusal that is its subject */
  allow: (line: RegExp) => void
  complaints: string[]
  allowed: RegExp[]
}

export const test = plain.extend<World>({
  baseURL: async ({}, use) => use(base()),
  complaints: async ({}, use) => use([]),
  allowed: async ({}, use) => use([]),
  allow: async ({ allowed }, use) => use((line) => void allowed.push(line)),
  page: async ({ page, complaints, allowed }, use) => {
    await listen(page, complaints)
    await use(page)
    judge(complaints, allowed)
  },
  as: async (
    {
      browser,
      contextOptions,
      baseURL,
      viewport,
      hasTouch,
      isMobile,
      locale,
      timezoneId,
      deviceScaleFactor,
      complaints,
      allowed,
    },
    use,
    info,
  ) => {
    const form = { viewport, hasTouch, isMobile, locale, timezoneId, deviceScaleFactor }
    const options = { ...contextOptions, ...form, baseURL }
    const open: Page[] = []
    await use(async (name) => {
      const context = await browser.newContext(options)
      await context.addCookies([
        { name: 'xianfeng', value: cookieOf(name), url: base(), httpOnly: true, sameSite: 'Lax' },
      ])
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      open.push(page)
      await listen(page, complaints)
      return page
    })
    for (const [index, page] of open.entries()) {
      if (info.status !== info.expectedStatus)
        await info.attach(`page ${index}`, { body: await page.screenshot(), contentType: 'image/png' })
      await page.context().close()
    }
    judge(complaints, allowed)
  },
})

/** Errors of scripts, of the console, of the content security policy, and answers of a server that broke. */
async function listen(page: Page, complaints: string[]) {
  await page.addInitScript(() =>
    document.addEventListener(
      'securitypolicyviolation',
      ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
        console.error(`CSP ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`),
    ),
  )
  const where = () => new URL(page.url()).pathname
  page.on('console', (line) => {
    if (line.type() === 'error' || /\[Vue warn\]/.test(line.text()))
      complaints.push(`${where()}: ${line.text()} (${line.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`${where()}: ${error.stack ?? error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${where()}: ${response.status()} ${response.url()}`)
  })
}

function judge(complaints: string[], allowed: RegExp[]) {
  const left = complaints.filter((line) => !allowed.some((pattern) => pattern.test(line)))
  expect(left, 'complaints of the pages').toEqual([])
}

/** Nothing is loading any more, and nothing lies beyond the right edge. */
export async function settled(page: Page) {
  await expect(page.locator('h1').first()).toBeAttached()
  await expect(page.locator('.skeleton, [aria-busy=true]')).toHaveCount(0)
  await page.waitForLoadState('networkidle')
  const [wide, seen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ])
  expect(wide, `${page.url()} can be scrolled sideways`).toBeLessThanOrEqual(seen ?? 0)
}

/** Signs in through the page itself. */
export async function enter(page: Page, path: string, username: string, password = 'demo-xianfeng') {
  await page.goto(path)
  await page.getByLabel('学号或工号').fill(username)
  await page.getByLabel('密码', { exact: false }).and(page.locator('input')).fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

export const main = (page: Page) => page.getByRole('main')
