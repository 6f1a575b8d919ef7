// What Xen prints on its console at debug keys: grant tables, event channels.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readStatements } from '../../src/evidence/read.ts'
import { readGrantText } from '../../src/hypervisor/grants.ts'
import { readPorts } from '../../src/hypervisor/ports.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { readGrantTable } from '../../src/node/read/image-inputs.ts'
import { unpastedLines } from '../../src/paste/unpaste.ts'

const path = (name: string) => join(import.meta.dirname, name)
const read = (name: string) => readFileSync(path(name), 'utf8')
const image = join(import.meta.dirname, '../../dumps/image')

describe('g: grant tables', () => {
  test('the tables of all domains, their entries with both frames', () => {
    const { tables, unread, damaged } = readGrantText(read('grants.txt'))
    expect(tables.map(({ domid, version, grants }) => [domid, version, grants.length])).toEqual([
      [0, 1, 0],
      [9, 1, 6],
    ])
    expect(tables[1]!.grants[3]).toEqual({ gref: 9, domid: 0, frame: 0x4398, machineFrame: 0x143a98, flags: 0x19 })
    expect([unread, damaged]).toEqual([0, 0])
  })

  test.each(['grants.txt', 'grants-cut.txt'])('%s: quoted, logged, stamped by Xen, with decimal references', (name) => {
    const text = read(name)
    const plain = readGrantText(text)
    const ways = [
      text.replace(/(^|\n)(?=.)/g, '$1> '),
      text.replace(/(^|\n)(?=.)/g, '$1Nov 26 10:45:00 xenhost kernel: '),
      text.replace(/\(XEN\) /g, '(XEN) [2026-11-26 10:45:00.123] '),
      text.replace(/\(XEN\) /g, '(XEN) [  521.123456] '),
      text.replace(/\(XEN\) /g, '(XEN) [0000000521123456] '),
      text.replace(/\[0x([\da-f]{3})\]/g, (_, ref: string) => `[${String(Number.parseInt(ref, 16)).padStart(3)}]`),
      text.replace(/remote d(\d)/g, 'remote domain:    $1'),
    ]
    for (const way of ways) expect(readGrantText(way)).toEqual(plain)
  })

  test('an entry that is cut is counted, and so is a line between', () => {
    const { tables, unread, damaged } = readGrantText(`${read('grants.txt').slice(0, -70)}\n(XEN) something else\n`)
    expect([tables[1]!.grants.length, unread, damaged]).toEqual([5, 1, 1])
  })

  test('a reference that no table has room for is none', () => {
    const text = '(XEN) grant-table for remote d9 (v1)\n(XEN) [0xffffffff]      0 0x1 0x00000001          0 0x000001 0x19\n'
    expect(readGrantText(text)).toMatchObject({ tables: [{ grants: [] }], damaged: 1 })
  })

  test('is the grant table of an image, as far as the text goes', async () => {
    const beside = { xenstore: join(image, 'xenstore.txt') }
    const printed = await loadImage(join(image, 'core.gz'), { ...beside, grantTable: path('grants.txt') })
    const binary = await loadImage(join(image, 'core.gz'), { ...beside, grantTable: join(image, 'gnttab.bin') })
    const ofRing = ({ rings }: typeof printed) =>
      rings.map(({ offsets, refs, numbers, named }) => ({ offsets, refs, pfn: numbers?.pfn, named }))
    expect(ofRing(printed)).toEqual(ofRing(binary))
    expect(printed.missing).toEqual([])
    expect(printed.notes.at(-1)).toMatch(/has the grant table of domain 9 as Xen prints it: 6 entries/)
  })

  test('of several guests it is the one whose rings XenStore names, else they are named', () => {
    const two = `${read('grants.txt')}${read('grants.txt').replace('remote d9', 'remote d11').replace('remote d0', 'remote d10')}`
    const ring = { device: 'vbd-11-51712', domain: '11', vdev: 51712, queue: undefined, abi: undefined, refs: [9] }
    const give = (text: string, named: Parameters<typeof readGrantTable>[1]) => {
      const file = join(mkdtempSync(join(tmpdir(), 'blkring-')), 'g.txt')
      writeFileSync(file, text)
      try {
        return readGrantTable(file, named)
      } finally {
        rmSync(join(file, '..'), { recursive: true })
      }
    }
    expect(give(two, [ring]).notes[0]).toMatch(/of domain 11 as Xen prints it/)
    expect(() => give(two, [])).toThrow(/has the grant tables of 2 guests \(d9, d11\); --xenstore says whose the image is/)
    expect(() => give(read('grants.txt').split('\n').slice(0, 6).join('\n'), [])).toThrow(/has no grant table with an entry/)
  })
})

describe('e: event channels', () => {
  const text = read('events.txt')

  test('every port of both domains', () => {
    const { ports, lines } = readPorts(unpastedLines(text))
    expect(ports.map(({ domid }) => domid).filter((domid) => domid === 0)).toHaveLength(23)
    expect(ports.filter(({ domid }) => domid === 1)).toHaveLength(9)
    expect(ports.at(-1)).toEqual({
      domid: 1,
      port: 9,
      pending: false,
      masked: false,
      kind: 'interdomain',
      remoteDomid: 0,
      remotePort: 23,
      line: 39,
    })
    expect(lines).toHaveLength(text.trim().split('\n').length)
  })

  test('pending and masked are told apart, with the priority of FIFO ports and without', () => {
    const said = (state: string) => {
      const port = readPorts([
        { number: 1, text: 'Event channel information for domain 1:' },
        { number: 2, text: `       9 [${state}]: s=3 n=0 x=0 d=0 p=23` },
      ]).ports[0]
      return port && [port.pending, port.masked]
    }
    expect(['1/0/  -   ', '0/1/7', '1/1', '0/0/'].map(said)).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [false, false],
    ])
    expect(said('2/0')).toBeUndefined()
  })

  test("are statements of the frontend's port and of the backend's", () => {
    const { statements, used } = readStatements('e.txt', text.replace(' 9 [0/0/  -   ]: s=3', ' 9 [1/0/  -   ]: s=3'))
    const ofDisk = statements.filter((s) => s.kind === 'port' && s.of.domid === 1 && s.of.port === 9)
    expect(ofDisk).toMatchObject([
      { side: 'backend', pending: false, masked: false, of: { backendDomid: 0 } },
      { side: 'frontend', pending: true, masked: false, of: { backendDomid: 0 } },
    ])
    expect(used.length).toBe(text.trim().split('\n').length)
  })
})
