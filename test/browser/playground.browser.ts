// The empty page in a real browser: what is dropped, pasted or chosen is the report that the command writes of the same, byte for byte.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { CHROMIUM } from '../../scripts/chromium.mjs'
import { FORMATTERS } from '../hexdump/formatters.ts'
import { expectFits, LOOKS, on, reportOf } from './browser.ts'
import { runCli } from './run-cli.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-playground-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What `report` takes, as it lies in the repository: every dump but the memory image, which the page leaves to the command. */
const FOLDERS = readdirSync('dumps', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['image', 'hostile'].includes(entry.name))
  .map(({ name }) => name)
const HOSTILE = ['indices-impossible', 'malformed', 'indirect', 'multi-slot', 'queues', 'series-changed', 'torn', 'page-order'].map(
  (name) => `hostile/${name}`,
)
const EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script><!--'

let empty: string | undefined
const onEmpty = (options: Parameters<typeof on>[1], work: (page: Page) => Promise<void>) => {
  empty ??= reportOf('--empty')
  return on(empty, options, ({ page }) => work(page))
}

/** Waits until what was given last was read. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('#said')?.childElementCount !== 0 && !document.querySelector('.busy'))
}

async function choose(page: Page, button: 'files' | 'folder', paths: string | string[]): Promise<void> {
  if (await page.isVisible('#another')) await page.click('#another')
  await page.setInputFiles(`#choose-${button}`, paths)
  await settled(page)
}

async function paste(page: Page, text: string): Promise<void> {
  if (await page.isVisible('#another')) await page.click('#another')
  await page.fill('#pasted', text)
  await page.press('#pasted', 'Control+Enter')
  await settled(page)
}

/** A drop as the browser has it of a file manager. */
async function drop(page: Page, ...paths: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      type,
      x: 300,
      y: 300,
      data: { items: [], files: paths.map((path) => resolve(path)), dragOperationsMask: 1 },
    })
  await settled(page)
}

async function saved(page: Page): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')])
  expect(download.suggestedFilename()).toBe('ring.html')
  return readFileSync(await download.path(), 'utf8')
}

/** What the command writes, of inputs named in a folder. */
const reported = (cwd: string, ...args: string[]) => runCli(['report', ...args, '-o', '-'], cwd)

const said = (page: Page) => page.$$eval('#said p:not(.done)', (all) => all.map(({ textContent }) => textContent))
const textOf = (page: Page, selector: string) => page.locator(selector).evaluate((element) => (element as HTMLElement).innerText)

function folderOf(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(scratch, name)
  mkdirSync(folder, { recursive: true })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content)
  return folder
}

describe.skipIf(CHROMIUM === undefined)('in Chromium', () => {
  test.each([...FOLDERS, ...HOSTILE])('%s is what the command makes of it', async (path) => {
    await onEmpty({}, async (page) => {
      await choose(page, 'folder', join('dumps', path))
      expect((await said(page)).filter((line) => !line?.startsWith('note: '))).toEqual([])
      const html = reported(join('dumps', dirname(path)), basename(path))
      expect((await saved(page)) === html).toBe(true)
      // What is seen is what a reader of that file sees.
      const file = join(scratch, 'command.html')
      writeFileSync(file, html)
      const shown = await textOf(page, '#report')
      await on(file, {}, async ({ page: other }) => {
        expect(await page.title()).toBe(await other.title())
        expect(shown).toBe(await textOf(other, 'main'))
      })
    })
  })

  test('files that are dropped: a ring with its pages and its listing is one', async () => {
    await onEmpty({}, async (page) => {
      const folder = 'dumps/indirect'
      await drop(page, ...readdirSync(folder).map((name) => join(folder, name)))
      expect(await textOf(page, '#given')).toMatch(/^\d+ files: 1 device, 1 ring$/)
      expect(await saved(page)).toBe(reported(folder, '.'))
      await page.evaluate(() => {
        location.hash = '#ring=1&slot=17'
      })
      await page.click('.fields a')
      await page.waitForSelector('.sheet h4:has-text("indirect page")')
    })
  })

  test('a folder that is dropped, with the folders in it', async () => {
    await onEmpty({}, async (page) => {
      await drop(page, 'dumps/multi-queue')
      expect(await saved(page)).toBe(reported('dumps', 'multi-queue'))
    })
  })

  test('a ring alone, packed, one that breaks off, one that is none, and files of several devices', async () => {
    const ring = readFileSync('dumps/direct/ring.bin')
    const packed = gzipSync(ring)
    const folder = folderOf('files', {
      'page.bin': ring,
      'page.bin.gz': packed,
      'whole.gz': gzipSync(Buffer.concat([ring, ring]).subarray(0, 4096)),
      'cut.gz': packed.subarray(0, packed.length - 20),
      'damaged.gz': Uint8Array.from(packed, (byte, at) => (at >= 40 && at < 60 ? 0xff : byte)),
      'bomb.gz': gzipSync(Buffer.alloc(80 * 2 ** 20)),
      'empty.bin': '',
      'ring.zst': Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0, 1, 0, 0]),
    })
    const at = (...names: string[]) => names.map((name) => join(folder, name))
    await onEmpty({}, async (page) => {
      for (const name of ['page.bin', 'page.bin.gz', 'whole.gz']) {
        await choose(page, 'files', at(name))
        expect(await saved(page), name).toBe(reported(folder, name))
      }
      await choose(page, 'files', at('page.bin', 'page.bin.gz'))
      expect(await saved(page)).toBe(reported(folder, 'page.bin', 'page.bin.gz'))
      for (const [name, message] of [
        ['cut.gz', 'cut.gz: its gzip data breaks off; copy the file again, whole'],
        ['damaged.gz', /^damaged.gz: its gzip data is damaged \(.*\); copy the file again$/],
        ['bomb.gz', 'bomb.gz: unpacks to more than 64 MiB; unpack it: zcat bomb.gz'],
        ['ring.zst', 'ring.zst: compressed with zstd, which is not unpacked here; unpack it: zstdcat ring.zst'],
        ['empty.bin', /^empty.bin: the file is empty/],
      ] as const) {
        await choose(page, 'files', at(name))
        const [line] = await said(page)
        if (typeof message === 'string') expect(line).toBe(message)
        else expect(line).toMatch(message)
        expect(await page.isVisible('#intake')).toBe(true)
        expect(await page.isVisible('#save')).toBe(false)
      }
    })
  })

  test('pasted texts: a hexdump of each tool, a listing, a scenario, a log', async () => {
    const bytes = readFileSync('dumps/direct/ring.bin')
    const texts = {
      // One of each tool.
      ...Object.fromEntries(FORMATTERS.map(({ name, print }) => [name.split(' ')[0]!, print(bytes, 0n)])),
      listing: readFileSync('dumps/direct/xenstore.txt', 'utf8'),
      scenario: readFileSync('docs/examples/split.yaml', 'utf8'),
      paste: readFileSync('dumps/made/holes-paste.txt', 'utf8'),
    }
    let n = 0
    await onEmpty({}, async (page) => {
      for (const [name, text] of Object.entries(texts)) {
        const folder = folderOf(`paste ${n++}`, { 'pasted text': text })
        await paste(page, text)
        expect(await saved(page), name).toBe(reported(folder, 'pasted text'))
      }
      expect(await page.isVisible('#intake')).toBe(false)
    })
  })

  test('what is pasted is shown at once, in the box and beside it', async () => {
    const text = readFileSync('dumps/direct/xenstore.txt', 'utf8')
    const html = reported(folderOf('pasted', { 'pasted text': text }), 'pasted text')
    await onEmpty({}, async (page) => {
      await page.evaluate((given) => {
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', given)
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
      }, text)
      await settled(page)
      expect(await saved(page)).toBe(html)
      await page.click('#another')
      await page.evaluate((given) => {
        const box = document.querySelector('textarea')!
        box.value = given
        box.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }))
      }, text)
      await settled(page)
      expect(await saved(page)).toBe(html)
    })
  })

  test('nothing, and what is no ring, say what is wrong and keep the text', async () => {
    await onEmpty({}, async (page) => {
      await page.click('#show')
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('pasted')
      await paste(page, 'hello\nworld')
      expect(await said(page)).toEqual([
        'pasted text: a text without a hexdump in it; docs/capturing.md has the formats that are read',
      ])
      expect(await page.inputValue('#pasted')).toBe('hello\nworld')
      await paste(page, 'steps:\n  - wrte: {}')
      expect((await said(page))[0]).toMatch(/^pasted text: .*wrte/)
      const noise = folderOf('noise', { 'noise.bin': Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251) })
      await choose(page, 'files', join(noise, 'noise.bin'))
      if (await page.isVisible('#save')) expect(await saved(page)).toBe(reported(noise, 'noise.bin'))
      const large = join(scratch, 'large.bin')
      writeFileSync(large, '')
      truncateSync(large, 65 * 2 ** 20)
      await choose(page, 'files', large)
      expect(await said(page)).toEqual([
        'large.bin: more than 64 MiB in all are too many for a page; blkring report large.bin reads them',
      ])
      await choose(page, 'files', 'dumps/image/core.gz')
      expect((await said(page))[0]).toContain('a memory image')
    })
  })

  test('another ABI, raw pages, pages of a ring: the report of the flag', async () => {
    await onEmpty({}, async (page) => {
      await choose(page, 'folder', 'dumps/series')
      await page.selectOption('#abi', 'x86_32')
      await settled(page)
      expect(await saved(page)).toBe(reported('dumps', '--abi', 'x86_32', 'series'))
      await page.selectOption('#abi', 'auto')
      await settled(page)
      const four = folderOf('four', { 'four.bin': readFileSync('dumps/multi-page/ring.bin') })
      await choose(page, 'files', join(four, 'four.bin'))
      await page.selectOption('#pages', '1')
      await settled(page)
      expect(await saved(page)).toBe(reported(four, '--pages', '1', 'four.bin'))
      await page.selectOption('#pages', '')
      await page.selectOption('#read-as', 'text')
      await settled(page)
      expect((await said(page))[0]).toContain('a text without a hexdump')
    })
  })

  test('one report after another: the one before is gone', async () => {
    await onEmpty({}, async (page) => {
      await choose(page, 'folder', 'dumps/series')
      await page.click('[data-do=play]')
      await choose(page, 'folder', 'dumps/direct')
      await page.click('.finding a.jump')
      await page.waitForURL(/slot=9&at=0x450$/)
      await page.waitForSelector('.fields tr.lit .finding')
      await page.fill('#where-1', 'op == write && nr_sectors > 64')
      expect(await page.locator('.requests tbody tr').count()).toBe(2)
      await page.click('#another')
      await page.waitForURL(/^[^#]*#?$/)
      expect(await page.isVisible('#report')).toBe(false)
      expect(await page.title()).toBe('blkring')
    })
  })

  test('from the keyboard alone', async () => {
    await onEmpty({}, async (page) => {
      const order: string[] = []
      for (let i = 0; i < 11; i++) {
        await page.keyboard.press('Tab')
        order.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''))
      }
      expect(order.slice(0, 7)).toEqual([
        'to the page',
        'choose-files',
        'choose-folder',
        'pasted',
        'show',
        'a captured ring',
        'a scenario',
      ])
      expect(order.slice(7, 10)).toEqual(['abi', 'read-as', 'pages'])
      await page.focus('[data-sample=ring]')
      await page.keyboard.press('Enter')
      await settled(page)
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('report')
      await page.keyboard.press('Shift+Tab')
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('another')
      await page.keyboard.press('Enter')
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('pasted')
    })
  })

  test('the samples are rings', async () => {
    await onEmpty({}, async (page) => {
      await page.click('[data-sample=ring]')
      await settled(page)
      expect(await textOf(page, '#report h1')).toContain('storage below the ring')
      await page.click('#another')
      await page.click('[data-sample=scenario]')
      await settled(page)
      expect(await page.locator('.slots li').count()).toBe(32)
      await page.click('#another')
      expect(await page.inputValue('#pasted')).toContain('steps:')
    })
  })

  test.each(LOOKS)('%s at %i px: nothing that axe finds, and nothing wider than the screen', async (colorScheme, width) => {
    await onEmpty({ colorScheme, viewport: { width, height: 900 } }, async (page) => {
      const fits = () => expectFits(page, width)
      await fits()
      await paste(page, 'nothing')
      await fits()
      await choose(page, 'folder', 'dumps/multi-queue')
      await fits()
    })
  })

  test('without scripts it says that it needs them', async () => {
    await onEmpty({ javaScriptEnabled: false }, async (page) => {
      expect(await page.locator('noscript').innerText()).toContain('decodes rings with its script')
    })
  })

  test('hostile: markup in names, in XenStore and in texts stays text, also in what is saved', async () => {
    const folder = join(scratch, 'a<img src=x onerror=alert(3)>&lt;b')
    cpSync('dumps/direct', folder, { recursive: true })
    const listing = join(folder, 'xenstore.txt')
    const text = readFileSync(listing, 'utf8')
    writeFileSync(listing, text.replace(/(\/dev|hotplug-status|hotplug-error) = "[^"]*"/g, `$1 = "<svg onload=alert(4)>"`))
    await onEmpty({}, async (page) => {
      const clean = async () => expect(await page.$$('img, svg[onload], iframe, object')).toEqual([])
      await choose(page, 'folder', folder)
      await clean()
      expect(await textOf(page, '.what')).toContain('<img src=x onerror=alert(3)>')
      const file = join(scratch, 'evil.html')
      writeFileSync(file, await saved(page))
      await on(file, {}, async ({ page: other }) => {
        expect(await other.$$('img, svg[onload], iframe, object')).toEqual([])
        expect(await other.textContent('h1')).toContain('storage below')
      })
      await paste(page, EVIL)
      await clean()
      const named = folderOf('named', { [`${EVIL.replaceAll('/', '-')}.bin`]: 'x' })
      await choose(page, 'folder', named)
      await clean()
      await choose(page, 'files', join(named, `${EVIL.replaceAll('/', '-')}.bin`))
      await clean()
      expect((await said(page)).join()).toContain('<img src=x onerror=alert(1)>')
    })
  })
})
