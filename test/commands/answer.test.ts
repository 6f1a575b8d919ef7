// `answer`: what it says before, what it writes, and what it refuses.
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { segmentsOf } from '../../src/codec/ring/request.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { inProcess } from '../support/in-process.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-answer-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const at = (name: string) => join(scratch, name)
const run = (...args: string[]) => inProcess([{ args: ['answer', ...args], env: { COLUMNS: '200' } }])[0]!
const MIB = 2 ** 20

/** A sparse disk of the size that the dumps' XenStore says. */
function diskCalled(name: string, bytes = 64 * MIB): string {
  writeFileSync(at(name), '')
  truncateSync(at(name), bytes)
  return at(name)
}

/** A dump with a page of data for each segment in flight: full of its reference. */
function salvaged(dump: string): string {
  const folder = at(`salvaged-${dump}`)
  cpSync(join(root, 'dumps', dump), folder, { recursive: true })
  const { ring } = decodeCapture([...loadDumps(folder)][0]!)
  for (const slot of ring.slots)
    if (slot.state === 'request')
      for (const { gref } of segmentsOf(slot.request)) writeFileSync(join(folder, `data-${gref}.bin`), Buffer.alloc(4096, gref))
  return folder
}

/** What a plain reading of the ring says the disk holds afterwards. */
function written(folder: string, disk: Buffer): void {
  const { ring } = decodeCapture([...loadDumps(folder)][0]!)
  for (const slot of [...ring.slots].sort((a, b) => ('index' in a && 'index' in b ? a.index! - b.index! : 0))) {
    if (slot.state !== 'request' || slot.request.op !== 'write') continue
    let to = Number(slot.request.sector_number) * 512
    for (const { gref, first_sect, last_sect } of segmentsOf(slot.request)) {
      disk.fill(gref, to, to + (last_sect - first_sect + 1) * 512)
      to += (last_sect - first_sect + 1) * 512
    }
  }
}

test('writes are finished on a copy of the disk, reads fill their pages, and the ring is answered', () => {
  const [folder, disk, out] = [salvaged('64k-split-pair'), diskCalled('copied.img'), at('out')]
  const before = readFileSync(disk)
  before.fill('old', 403456, 403968)
  before.fill('read me', 819712, 863232)
  writeFileSync(disk, before)
  const ran = run(folder, '--disk', disk, '-o', out)
  expect([ran.stderr, ran.exit ?? 0]).toEqual(['', 0])
  expect(ran.stdout).toContain('17 requests: 17 answered OKAY')
  expect(ran.stdout).toMatch(/403456\.\.403967 {2}not written, still: 6f 6c 64/)
  expect(readFileSync(disk).equals(before)).toBe(true)
  const expected = Buffer.from(before)
  written(folder, expected)
  expect(readFileSync(join(out, 'disk.img')).equals(expected)).toBe(true)
  const { ring } = decodeCapture([...loadDumps(out)][0]!)
  expect([ring.sring.rsp_prod, ring.sring.req_event]).toEqual([ring.sring.req_prod, ring.sring.req_prod + 1])
  const first = decodeCapture([...loadDumps(folder)][0]!).ring.slots[2]!
  const [seg] = segmentsOf(first.state === 'request' ? first.request : undefined)
  const page = readFileSync(join(out, `data-${seg!.gref}.bin`))
  const from = seg!.first_sect * 512
  expect(page.subarray(from, from + 7).toString()).toBe('read me')
})

test('--write changes the image whole, and keeps its mode; a dry run nothing', () => {
  const [folder, disk] = [salvaged('direct'), diskCalled('written.img')]
  chmodSync(disk, 0o640)
  const before = readFileSync(disk)
  expect(run(folder, '--disk', disk).stderr).toMatch(/nothing was written/)
  expect(readFileSync(disk).equals(before)).toBe(true)
  expect(run(folder, '--disk', disk, '--write').stdout).toMatch(/written or discarded; written: .*written\.img/)
  written(folder, before)
  expect(readFileSync(disk).equals(before)).toBe(true)
  expect(statSync(disk).mode & 0o777).toBe(0o640)
})

test('what cannot be a disk, or is too small, is refused in a line, and nothing is written', () => {
  const disk = diskCalled('good.img')
  writeFileSync(at('qcow2.img'), Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(1024)]))
  mkdirSync(at('folder'))
  cpSync(join(root, 'dumps/direct'), at('dump'), { recursive: true })
  diskCalled('twice.img')
  linkSync(at('twice.img'), at('twice-too.img'))
  const refused: [string[], RegExp][] = [
    [['--disk', at('none.img')], /none\.img: no such file or directory/],
    [['--disk', ''], /''|no such file/],
    [['--disk', at('qcow2.img')], /is a qcow2 image, and no raw one; qemu-img convert -f qcow2 -O raw IMAGE disk\.raw makes one/],
    [['--disk', at('folder')], /is a folder/],
    [['--disk', '/dev/null'], /is a character device, and no file/],
    [['--disk', diskCalled('small.img', 4096)], /has 4096 bytes, and the disk of .* has 67108864, as XenStore says/],
    [['--disk', diskCalled('empty.img', 0)], /has 0 bytes/],
    [['--disk', at('dump/ring.bin')], /is the ring itself/],
    [['--disk', disk, '-o', at('folder/below/deep')], /does not exist|no such file/],
    [['--disk', disk, '-o', at('dump')], /exists already/],
    [['--disk', at('twice.img'), '--write'], /has 2 names/],
  ]
  for (const [args, message] of refused) {
    const { stderr, exit } = run(args[1] === at('twice.img') ? salvaged('direct') : at('dump'), ...args)
    expect([args.join(' '), stderr.trim().split('\n').length, exit]).toEqual([args.join(' '), 1, 2])
    expect(stderr).toMatch(message)
  }
  expect(existsSync(at('folder/below'))).toBe(false)
})

test('an impossible req_prod: Linux answers nothing, QEMU one round is shown', () => {
  const disk = diskCalled('impossible.img')
  cpSync(join(root, 'dumps/hostile/indices-impossible/ring.bin'), at('impossible.bin'))
  const linux = run(at('impossible.bin'), '--disk', disk)
  expect(linux.stdout).toMatch(/none {3}.*the ring is served no more/)
  expect(run(at('impossible.bin'), '--disk', disk, '--backend', 'qemu').stdout).toMatch(/more slots are claimed/)
})
