// One Chromium for all tests: Debian's, or the one that CHROMIUM names. Pages are opened from files, without a network.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { CHROMIUM } from '../../scripts/chromium.mjs'
import { runCli } from './run-cli.ts'

if (CHROMIUM === undefined)
  process.stderr.write('no Chromium here (apt-get install chromium, or CHROMIUM=PATH): tests in it are skipped\n')

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
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

/** Runs a test on an opened page, which must complain of nothing. */
export async function on(
  path: string,
  options: Parameters<typeof open>[1],
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await open(path, options)
  try {
    await work(opened)
    expect(opened.complaints).toEqual([])
  } finally {
    await close(opened)
  }
}

/** What a page is looked at in. */
export const LOOKS = [
  ['light', 1600],
  ['dark', 1600],
  ['light', 320],
  ['dark', 320],
] as const

/** Nothing that axe finds, and nothing wider than the screen. */
export async function expectFits(page: Page, width: number): Promise<void> {
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
}

export async function violations(page: Page): Promise<string[]> {
  // The policy of the page forbids scripts of others: the tool is evaluated by the debugger, and takes part in nothing.
  return page.evaluate(`${AXE}; axe.run().then(({ violations }) =>
    violations.map(({ id, nodes: [{ html, failureSummary }] }) => [id, html.slice(0, 300), failureSummary].join(' ')))`)
}
