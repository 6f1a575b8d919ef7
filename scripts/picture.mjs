// Makes docs/ring.png, the picture of the README: a report of a dump, in Chromium. Run by hand where the page looks different: node scripts/picture.mjs
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { CHROMIUM } from './chromium.mjs'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'blkring-picture-'))
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
try {
  const file = join(folder, 'ring.html')
  execFileSync(process.execPath, ['bin/run.js', 'report', 'dumps/direct', '-o', file], { cwd: root })
  const page = await browser.newPage({ viewport: { width: 1240, height: 640 }, colorScheme: 'light', offline: true })
  await page.goto(`${pathToFileURL(file).href}#ring=1&slot=13&at=0x608`)
  await page.locator('[data-ring]').evaluate((element) => element.scrollIntoView())
  await page.screenshot({ path: join(root, 'docs/ring.png') })
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
