// Reports in a real browser, from a file, without a network.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { CHROMIUM } from '../../scripts/chromium.mjs'
import { FOLDERS } from '../../scripts/cost/inputs.ts'
import { expectFits, LOOKS, on, reportOf, violations } from './browser.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-hostile-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const litBytes = (page: Page) =>
  page.$$eval('.hex i.lit', (all) => all.map((element) => Number((element as HTMLElement).dataset['at'])))
const litField = (page: Page) => page.$$eval('.fields tr.lit th', (all) => all.map((element) => element.textContent))

describe.skipIf(CHROMIUM === undefined)('in Chromium', () => {
  const direct = () => (reports.direct ??= reportOf('dumps/direct'))
  const series = () => (reports.series ??= reportOf('dumps/series'))
  const indirect = () => (reports.indirect ??= reportOf('dumps/indirect'))
  const several = () => (reports.several ??= reportOf('dumps/idle', 'dumps/multi-queue', 'dumps/discard'))
  const reports: { direct?: string; series?: string; indirect?: string; several?: string } = {}

  test('opens with the verdict, and the byte that the address names', async () => {
    await on(direct(), { hash: '#ring=1&slot=17&at=0x7c8' }, async ({ page }) => {
      expect(await page.textContent('h1')).toContain('storage below the ring')
      expect(await page.textContent('.sheet h4')).toContain('ring[17]')
      expect(await litBytes(page)).toEqual([0x7c8, 0x7c9, 0x7ca, 0x7cb])
      expect(await litField(page)).toEqual(['req.seg[0].gref'])
      expect(await page.textContent('#status')).toContain('0x7c8')
    })
  })

  test('fields and bytes light each other up, under the pointer and from the keyboard', async () => {
    await on(direct(), { hash: '#ring=1&slot=17' }, async ({ page }) => {
      await page.hover('.fields tr[data-from="1976"]')
      expect(await litBytes(page)).toEqual([1976, 1977, 1978, 1979, 1980, 1981, 1982, 1983])
      await page.hover('.hex i[data-at="1985"]')
      expect(await litField(page)).toEqual(['req.sector_number'])
      await page.focus('[data-dump]')
      expect(await litField(page)).toEqual(['req.operation'])
      await page.keyboard.press('ArrowRight')
      expect(await litField(page)).toEqual(['req.nr_segments'])
      await page.keyboard.press('ArrowDown')
      await page.waitForURL(/#ring=1&slot=17&at=0x7c1$/)
      await page.focus('.fields tr[tabindex="0"]')
      await page.keyboard.press('ArrowDown')
      expect(await litField(page)).toEqual(['req.seg[0].gref'])
    })
  })

  test('every byte of every area belongs to one field', async () => {
    await on(direct(), {}, async ({ page }) => {
      const seen: number[] = []
      for (let slot = -1; slot < 32; slot++) {
        await page.evaluate(
          (hash) => {
            location.hash = hash
          },
          slot < 0 ? '#ring=1&at=0x0' : `#ring=1&slot=${slot}`,
        )
        await page.waitForFunction(
          (title) => document.querySelector('.sheet h4')?.textContent?.includes(title),
          slot < 0 ? 'sring' : `ring[${slot}]`,
        )
        const { bytes, covered } = await page.evaluate(() => ({
          bytes: [...document.querySelectorAll<HTMLElement>('.hex i')].map(({ dataset }) => Number(dataset['at'])),
          covered: [...document.querySelectorAll<HTMLElement>('.fields tr[data-from]')].flatMap(({ dataset }) =>
            Array.from({ length: Number(dataset['size']) }, (_, i) => Number(dataset['from']) + i),
          ),
        }))
        expect(covered).toEqual(bytes)
        seen.push(...bytes)
      }
      expect(seen).toEqual(Array.from({ length: 64 + 32 * 112 }, (_, at) => at))
    })
  })

  test('filters by the language of --where, says what is wrong with it, and sorts', async () => {
    await on(direct(), {}, async ({ page }) => {
      const rows = () => page.$$eval('.requests tbody tr th a', (all) => all.map((element) => Number(element.textContent)))
      const all = (await rows()).length
      await page.fill('#where-1', 'op == write && nr_sectors > 64')
      expect(await rows()).toEqual([20, 22])
      await page.fill('#where-1', 'op = write')
      expect(await page.textContent('.problem')).toContain('did you mean ==?')
      expect(await page.getAttribute('#where-1', 'aria-invalid')).toBe('true')
      await page.fill('#where-1', '')
      expect((await rows()).length).toBe(all)
      await page.click('[data-sort="sectors"]')
      await page.click('[data-sort="sectors"]')
      expect((await rows())[0]).toBe(22)
      expect(await page.getAttribute('.requests th[aria-sort]', 'aria-sort')).toBe('descending')
    })
  })

  test('findings jump to their byte', async () => {
    await on(direct(), {}, async ({ page }) => {
      await page.click('.finding a.jump')
      await page.waitForURL(/slot=9&at=0x450$/)
      await page.waitForSelector('.fields tr.lit .finding')
      expect(await litBytes(page)).toContain(0x450)
    })
  })

  test('references lead to their indirect page', async () => {
    await on(indirect(), { hash: '#ring=1&slot=17' }, async ({ page }) => {
      const [link] = await page.$$('.fields a')
      await link!.click()
      await page.waitForSelector('.sheet h4:has-text("indirect page")')
      expect(await page.textContent('.fields tbody tr th')).toBe('req.indirect_grefs[0].seg[0].gref')
    })
  })

  test('a series goes by its slider, by keys, and by itself', async () => {
    await on(series(), {}, async ({ page }) => {
      const producer = () => page.$$eval('.facts dd', (all) => Number(all[2]!.textContent))
      const last = await producer()
      await page.focus('#moment-1')
      await page.keyboard.press('Home')
      expect(await producer()).toBeLessThan(last)
      expect(await page.textContent('.changes')).toBe('the first snapshot')
      await page.keyboard.press('ArrowRight')
      expect(await page.textContent('.changes')).toMatch(/^since the snapshot before: .* slots? changed$/)
      await page.waitForURL(/moment=1/)
      await page.click('[data-do=play]')
      await page.waitForFunction(() => location.hash.includes('moment=4'))
      await page.click('[data-do=play]')
      expect(await page.textContent('[data-do=play]')).toBe('Play')
    })
  })

  test('several devices and queues: one at a time, the worst first', async () => {
    await on(several(), {}, async ({ page }) => {
      const visible = () =>
        page.$$eval('[data-ring]', (all) => all.filter((e) => (e as HTMLElement).offsetParent !== null).map((e) => e.id))
      expect(await page.$$eval('.devices a', (all) => all.length)).toBe(3)
      expect(await visible()).toEqual(['ring=1'])
      await page.click('.devices li:last-child a')
      await page.waitForSelector('article:last-of-type:not([hidden])')
      expect(await page.textContent('article:not([hidden]) h1')).toMatch(/idle|below/)
      const queue = await page.getAttribute('.links li:last-child a', 'href')
      await page.evaluate((hash) => {
        location.hash = hash
      }, queue!)
      await page.waitForFunction((id) => document.getElementById(id)?.offsetParent != null, queue!.slice(1))
      expect(await visible()).toEqual([queue!.slice(1)])
      await page.emulateMedia({ media: 'print' })
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
      expect((await visible()).length).toBe(4)
    })
  })

  test('reads without scripts', async () => {
    await on(direct(), { javaScriptEnabled: false }, async ({ page }) => {
      expect(await page.locator('h1').innerText()).toContain('storage below the ring')
      expect(await page.locator('.requests tbody tr').count()).toBe(32)
      expect(await page.locator('.finding').first().innerText()).toContain('partial-page')
      expect(await page.locator('.slots li').count()).toBe(32)
    })
  })

  test.each(LOOKS)('%s at %i px: nothing that axe finds, and nothing wider than the screen', async (colorScheme, width) => {
    for (const path of [series(), several()])
      await on(path, { colorScheme, viewport: { width, height: 900 } }, async ({ page }) => {
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true
        })
        await expectFits(page, width)
      })
  })

  test('prints all that is there', async () => {
    await on(direct(), {}, async ({ page }) => {
      const pdf = await page.pdf()
      expect(pdf.length).toBeGreaterThan(20_000)
    })
  })

  describe('hostile', () => {
    const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script><!--`

    test('markup in XenStore and in the names of files stays text', async () => {
      const folder = join(scratch, 'a<img src=x onerror=alert(3)>&lt;b')
      cpSync('dumps/direct', folder, { recursive: true })
      const listing = join(folder, 'xenstore.txt')
      const text = readFileSync(listing, 'utf8')
      writeFileSync(
        listing,
        text
          .replace(/ = "[^"]*\/dev\/[^"]*"/g, ` = "${EVIL.replaceAll('"', '\\"')}"`)
          .replace(/(\/dev|hotplug-status|hotplug-error) = "[^"]*"/g, `$1 = "<svg onload=alert(4)>"`),
      )
      await on(reportOf(folder), {}, async ({ page }) => {
        expect(await page.$$('img, svg[onload], iframe, object')).toEqual([])
        expect(await page.textContent('.what')).toContain('<img src=x onerror=alert(3)>')
        expect(await page.textContent('h1')).toContain('storage below')
      })
    })

    test.each(['indices-impossible', 'malformed', 'indirect', 'multi-slot', 'queues', 'series-changed', 'torn', 'page-order'])(
      '%s',
      async (name) => {
        await on(reportOf(`dumps/hostile/${name}`), {}, async ({ page }) => {
          expect(await page.$$eval('.slots li', (all) => all.length)).toBeGreaterThanOrEqual(32)
          expect(await violations(page)).toEqual([])
        })
      },
    )

    test('indices that cannot be: nothing is said to be in flight, and every slot opens', async () => {
      const folder = join(scratch, 'impossible')
      cpSync('dumps/direct', folder, { recursive: true })
      const ring = join(folder, 'ring.bin')
      const bytes = readFileSync(ring)
      bytes.fill(0xff, 0, 8)
      bytes.writeUInt32LE(0x7fff_ffff, 8)
      bytes.writeUInt32LE(0x8000_0001, 12)
      writeFileSync(ring, bytes)
      await on(reportOf(folder), { hash: '#ring=1&slot=31&at=0xffffffff' }, async ({ page }) => {
        expect(await page.textContent('.facts')).toContain('not known: the indices are impossible')
        expect(await page.$$eval('.caret', (all) => all.length)).toBeGreaterThan(0)
        for (const link of await page.$$('.slots a')) await link.click()
        await page.waitForSelector('.sheet h4:has-text("ring[31]")')
        expect(await violations(page)).toEqual([])
      })
    })

    test.each([
      ['half a paste', 'dumps/made/headless-paste.txt'],
      ['a ring that was replaced', 'docs/examples/resume.yaml'],
      ['pages that were cut', 'dumps/64k-split-pair'],
    ])('%s', async (_, input) => {
      for (const viewport of [
        { width: 320, height: 900 },
        { width: 1600, height: 900 },
      ])
        await on(reportOf(input), { viewport }, async ({ page }) => {
          for (const link of await page.$$('.links a')) await link.click()
          await expectFits(page, viewport.width)
        })
    })

    test('512 slots of 4096 segments', async () => {
      const folder = join(scratch, 'large')
      mkdirSync(folder)
      for (const [name, content] of Object.entries(FOLDERS['16-pages-shared']!())) writeFileSync(join(folder, name), content)
      await on(reportOf(folder), { hash: '#ring=1&slot=300&page=1060' }, async ({ page }) => {
        expect(await page.$$eval('.slots li', (all) => all.length)).toBe(512)
        expect(await page.$$eval('.hex i', (all) => all.length)).toBe(4096)
      })
    })
  })
})
