// Reports as text: what a page says without scripts, and that nothing from outside becomes markup. In a browser: test/browser.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { h, htmlOf } from '../../src/report/markup.ts'
import { Packer, Unpacker } from '../../src/report/pack.ts'
import { placeHash, placeOf } from '../../src/report/render/place.ts'
import { inProcess } from '../support/in-process.ts'

const root = join(import.meta.dirname, '../..')

test('moments come back as they were packed, in whichever order they are asked for', () => {
  const length = 256
  const change = fc.array(fc.tuple(fc.nat(length - 1), fc.nat(255)), { maxLength: 12 })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(11), { maxLength: 20 }), (changes, asked) => {
      const now = new Uint8Array(length)
      const packer = new Packer(length)
      const moments = changes.map((some) => {
        for (const [at, byte] of some) now[at] = byte
        packer.add(now)
        return now.slice()
      })
      const unpacker = new Unpacker(packer.base64(), length)
      for (const n of asked) expect(unpacker.moment(n % moments.length)).toEqual(moments[n % moments.length])
    }),
  )
})

test('a place comes back from its address', () => {
  const number = fc.option(fc.nat(0xffff_ffff), { nil: undefined })
  fc.assert(
    fc.property(fc.record({ ring: fc.nat(9999), moment: number, slot: number, page: number, at: number }), (place) => {
      const said = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))
      expect(placeOf(placeHash(place))).toEqual(said)
    }),
  )
  expect(placeOf('#ring=2&slot=17&at=0x7ca')).toEqual({ ring: 2, slot: 17, at: 0x7ca })
  for (const hash of ['', '#main', '#slot=1', '#ring=-1', '#ring=1e3', '#ring=']) expect(placeOf(hash)).toBeUndefined()
})

test('whatever a text or an attribute holds, its element has no other in it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ' ', '/', '\0') }),
      (a, b) => {
        const html = htmlOf(h('p', { title: a + b }, b + a))
        expect(html.match(/[<>]/g)).toEqual(['<', '>', '<', '>'])
        expect(html.match(/"/g)).toHaveLength(2)
      },
    ),
  )
})

describe('the page', () => {
  const pages = inProcess(
    [
      ['report', 'dumps/direct', '-o', '-'],
      ['report', 'dumps/direct', '-o', '-'],
      ['report', 'dumps/hostile/xenstore-ambiguous', 'dumps/hostile/malformed', '-o', '-'],
    ].map((args) => ({ args, env: {} })),
  )
  const [direct, again, hostile] = pages.map(({ stdout }) => stdout)

  test('is the same where the input is', () => {
    expect(direct).toBe(again)
  })

  test('forbids itself whatever it does not need, before anything else', () => {
    const head = direct!.slice(0, direct!.indexOf('<style'))
    expect(head).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    )
    expect(direct).not.toMatch(/<(?:link|img|iframe|object|embed|form|base)\b|\bsrc=|\son\w+=/)
  })

  test('has one script and one block of data', () => {
    for (const page of [direct, hostile])
      expect(page!.match(/<\/?script\b[^>]*>/g)).toEqual([
        '<script type="application/json" id="data">',
        '</script>',
        '<script>',
        '</script>',
      ])
  })

  test('says verdict, requests and findings without its script', () => {
    const text = direct!.slice(direct!.indexOf('<body'), direct!.indexOf('<script'))
    expect(text).toContain('storage below the ring')
    expect(text).toContain('partial-page')
    expect(text.match(/<tr class/g)).toHaveLength(32)
  })

  test.each(['report-page.js', 'report-series.js'])('%s makes no code at run time', (name) => {
    const script = readFileSync(join(root, 'dist/cli', name), 'utf8')
    expect(script).not.toMatch(/\bFunction\(|\beval\(|WebAssembly/)
  })

  // Upper bounds in bytes, as they stand in the file: what makes one larger says why.
  test.each([
    ['report-page.js', 60 * 1024],
    ['report-series.js', 67_000],
  ] as const)('%s and the styles weigh %i at the most', (name, most) => {
    const bytes = [name, 'report-page-style.css'].map((file) => statSync(join(root, 'dist/cli', file)).size)
    expect(bytes[0]! + bytes[1]!).toBeLessThanOrEqual(most)
  })
})

describe('the empty page', () => {
  const results = inProcess(
    [
      ['report', '--empty', '-o', '-'],
      ['report', '--empty', '-o', '-'],
      ['report', '-o', '-'],
      ['report', '--empty', 'dumps/direct', '-o', '-'],
      ['report', '--empty', '--pages', '1', '-o', '-'],
    ].map((args) => ({ args, env: {} })),
  )
  const [empty, again, nothing, both, flag] = results

  test('is the same every time, forbids itself what a report does, and has one script that runs', () => {
    expect(empty!.stdout).toBe(again!.stdout)
    const page = empty!.stdout
    expect(page.slice(0, page.indexOf('<style'))).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`,
    )
    expect(page.match(/<script\b[^>]*>/g)).toEqual([
      '<script type="text/plain" id="report-page.js">',
      '<script type="text/plain" id="report-series.js">',
      expect.stringMatching(/^<script data-version="[\d.]+">$/),
    ])
    expect(page.match(/<\/script>/g)).toHaveLength(3)
    // What begins a comment in a script hides its end.
    expect(page.match(/<!--/g)).toHaveLength(1)
  })

  test('is asked for alone', () => {
    expect([nothing, both, flag].map((one) => [one!.exit, one!.stdout])).toEqual([
      [2, ''],
      [2, ''],
      [2, ''],
    ])
    expect(nothing!.stderr).toBe('blkring: nothing to report: name an INPUT, or - for standard input, or give --empty\n')
    expect(both!.stderr).toBe('blkring: dumps/direct: --empty writes a page without a ring, and takes no INPUT\n')
    expect(flag!.stderr).toContain('--empty')
  })

  test('makes no code at run time', () => {
    const script = readFileSync(join(root, 'dist/cli/report-empty.js'), 'utf8')
    expect(script).not.toMatch(/\bFunction\(|\beval\(|WebAssembly/)
  })
})
