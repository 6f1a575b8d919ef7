// One Chromium for all tests: Debian's, or the one that CHROMIUM names. Pages are opened from files, without a network.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { runCli } from './run-cli.ts'

const PLACES = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser; undefined where there is none. */
export const CHROMIUM = PLACES.find((path) => path !== '' && existsSync(path))
if (CHROMIUM === undefined)
  process.stderr.write('no Chromium here (apt-get install chromium, or CHROMIUM=PATH): tests in it are skipped\n')

const folder = mkdtempSync(join(tmpdir(), 'blkring-browser-'))
let browser: Browser
let made = 0

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A page, and everything that it complained of: errors, warnings, violations of its policy, requests for anything else. */
export interface Opened {
  readonly page: Page
  readonly complaints: string[]
}

/** Writes a report, and gives its path. */
export function reportOf(...args: string[]): string {
  const path = join(folder, `${made++}.html`)
  runCli(['report', ...args, '-o', path])
  return path
}

export async function open(path: string, options: BrowserContextOptions & { readonly hash?: string } = {}): Promise<Opened> {
  const { hash = '', ...rest } = options
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...rest })
  const page = await context.newPage()
  const complaints: string[] = []
  const url = pathToFileURL(path).href
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) complaints.push(`request: ${request.url()}`)
  })
  if (rest.javaScriptEnabled !== false)
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
        throw new Error(`policy: ${violatedDirective}`)
      })
    })
  await page.goto(url + hash)
  return { page, complaints }
}

/** Closes a page with its context. */
export async function close({ page }: Opened): Promise<void> {
  await page.context().close()
}
