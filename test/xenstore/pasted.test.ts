// Listings as people paste them: of any folder, from a mail, a journal, a terminal.

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { surroundingsIn } from '../../src/inputs/surroundings.ts'
import { DISK } from '../../src/node/read/disk.ts'
import { loadVbds } from '../../src/node/read/listing.ts'
import { missingTexts } from '../../src/print/vbd-text.ts'
import { listVbds, readVbds } from '../../src/xenstore/devices.ts'
import type { Vbd } from '../../src/xenstore/nodes.ts'
import { eventChannels, ringRefs } from '../../src/xenstore/queues.ts'

const folder = join(import.meta.dirname, 'pasted')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** `1 51712 4/4 x86_64-abi 9 :9`: guest, device, states, protocol, references, channels. */
function told(vbd: Vbd): string {
  const { domain, vdev, frontend, backend } = vbd
  const states = `${frontend.get('state') ?? '?'}/${backend.get('state') ?? '?'}`
  const refs = ringRefs(vbd).map((queue) => queue.join(','))
  const device = vdev ?? backend.get('dev')
  return `${domain} ${device} ${states} ${frontend.get('protocol') ?? '?'} ${refs.join('|')} :${eventChannels(vbd).join()}`
}

const XVDA = '1 51712 4/? x86_64-abi 9 :9'
const XVDZ = '1 268441856 4/? x86_64-abi 8 :8'
const QDISKS = ['0 51712 3/2 x86_64-abi 8 :76', '37 51712 4/4 x86_64-abi 2312 :46']

const TRUTH: Readonly<Record<string, readonly string[]>> = {
  'relative-vbd.txt': ['1 51712 4/? arm-abi 8 :3', '1 51728 4/? arm-abi 9 :4'],
  'guest-f.txt': ['1 51712 4/? x86_64-abi 8 :8'],
  'quoted-mail.txt': ['1 51712 4/4 arm-abi 8|9 :4,5'],
  'journal.txt': QDISKS,
  'smart-quotes.txt': QDISKS,
  'stuck-qdisk.txt': QDISKS,
  'stuck-vbd.txt': ['3 51712 3/2 arm-abi 9 :5'],
  'block-list.txt': ['51712 4', '51728 4', '51744 4', '51760 4', '51840 3'].map((row) => `241 ${row}/? ?  :`),
  'xm-list-l.txt': ['5 xvda ?/? ?  :'],
  'xl-list-l.json': ['5 xvda ?/? ?  :', '5 xvdi ?/? ?  :'],
  'real-guest-xenstore-ls-p-device-vbd.txt': [XVDZ, XVDA],
  'real-guest-xenstore-ls-device.txt': [XVDZ, XVDA],
  'real-host-xenstore-ls-domain.txt': [XVDZ, XVDA],
  'real-host-xenstore-ls.txt': ['1 268441856 4/4 x86_64-abi 8 :8', '1 51712 4/4 x86_64-abi 9 :9'],
  'real-host-xenstore-ls-fp-frontend.txt': [XVDA],
  'real-host-xenstore-ls-frontend.txt': [XVDA],
  'real-host-xenstore-read.txt': [XVDA],
  'real-host-xenstore-ls-p-backend.txt': ['1 51712 ?/4 ?  :'],
  'real-host-xenstore-ls-backend-vbd.txt': ['1 268441856 ?/4 ?  :', '1 51712 ?/4 ?  :'],
  'real-host-xl-block-list.txt': ['1 268441856 4/? ? 8 :8', '1 51712 4/? ? 9 :9'],
  'real-host-xl-list-l.txt': ['1 xvda ?/? ?  :', '1 xvdz ?/? ?  :'],
}

test.each(Object.entries(TRUTH))('%s', (name, truth) => {
  const { vbds, others } = readVbds(read(name))
  expect(vbds.map(told)).toEqual(truth)
  // The mark that a person wrote below the table.
  expect(others.length).toBe(name === 'block-list.txt' ? 1 : 0)
})

test('what a part of a store does not say is named, with the folder that has it', () => {
  const missing = (name: string) => missingTexts(listVbds(read(name)))
  expect(missing('real-host-xenstore-ls.txt')).toEqual([])
  expect(missing('real-host-xenstore-ls-frontend.txt')).toEqual([
    "not in the text: the backend's nodes (xenstore-ls -f /local/domain/0/backend/vbd/1/51712)",
  ])
  expect(missing('real-host-xenstore-ls-backend-vbd.txt')).toEqual([
    "not in the text: the frontend's nodes of all 2 disks (xenstore-ls -f /local/domain/1/device/vbd)",
  ])
  expect(missing('block-list.txt')).toEqual([
    "not in the text: the ring's references and event channel of all 5 disks (xenstore-ls -f /local/domain/241/device/vbd)",
    "not in the text: the frontend's protocol of all 5 disks (xenstore-ls -f /local/domain/241/device/vbd)",
    "not in the text: the backend's nodes of all 5 disks (xenstore-ls -f /local/domain)",
  ])
})

test.each([
  ['real-guest-xenstore-ls.txt', /XenStore refused the listing.*a guest may list its own devices: xenstore-ls -f device\/vbd/],
  ['real-host-xl-list.txt', /the domains that xl list prints, without their devices; xl block-list DOMAIN/],
])('%s names no device, and says why', (name, message) => {
  expect(() => loadVbds(join(folder, name))).toThrow(message)
})

/** A dump folder with one of the listings, and what is noted of it. */
const dumpWith = {
  scratch: mkdtempSync(join(tmpdir(), 'blkring-')),
  notesOf(name: string): string[] {
    const notes: string[] = []
    copyFileSync(join(folder, name), join(dumpWith.scratch, 'xenstore.txt'))
    surroundingsIn(DISK, dumpWith.scratch, { onNote: (note) => notes.push(note) })
    return notes
  },
}

/** What a text can go through on its way into a mail, each of its lines or the whole. */
const WAYS: Readonly<Record<string, (text: string) => string>> = {
  quoted: (text) => before('> ', text),
  'quoted twice': (text) => before('> > ', text),
  'quoted without spaces': (text) => before('>>', text),
  indented: (text) => before('    ', text),
  'behind a tab': (text) => before('\t', text),
  syslog: (text) => before('Nov 26 09:00:00 host logger[411]: ', text),
  'syslog by ISO 8601': (text) => before('2026-11-26T09:00:00.123456+01:00 dom0 root: ', text),
  'RFC 5424': (text) => before('<13>1 2026-11-26T09:00:00.003Z dom0 root 411 - - ', text),
  'stamped by ts': (text) => before('[2026-11-26 09:00:00] ', text),
  'smart quotes': (text) => text.replace(/"([^"\n]*)"/g, '\u201c$1\u201d'),
  'hard spaces': (text) => text.replace(/^ +/gm, (spaces) => '\u00a0'.repeat(spaces.length)),
  CRLF: (text) => text.replace(/\n/g, '\r\n'),
  prompt: (text) => `[root@dom0 ~]# xenstore-ls\n${text}[root@dom0 ~]# \n`,
  coloured: (text) => text.replace(/^( *)([^\s=]+)/gm, '$1\u001b[1m$2\u001b[0m'),
  'quoted-printable': quotedPrintable,
  'a terminal of 80 columns': (text) => cutAt(text, 80),
  'a terminal of 60 columns': (text) => cutAt(text, 60),
  'wrapped at spaces': wrappedAtSpaces,
}

/** Lines end at `\n` alone. */
function before(prefix: string, text: string): string {
  return text.replace(/(^|\n)(?!$)/g, `$1${prefix}`)
}

function quotedPrintable(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[=\u0080-\uffff]|[ \t]$/g, encoded))
  return lines.map((line) => line.replace(/(?:[^=\n]|=[\dA-F]{2}){24}(?=.)/g, '$&=\n')).join('\n')
}

function encoded(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function cutAt(text: string, columns: number): string {
  // A line that wraps fills the terminal: there is one in every listing of whole paths.
  return text.replace(new RegExp(`^(.{${columns}})(?=.)`, 'gm'), '$1\n')
}

function wrappedAtSpaces(text: string): string {
  return text.replace(/^(.{30,}=) (?=")/gm, '$1\n')
}

const LISTINGS = [
  'relative-vbd.txt',
  'stuck-qdisk.txt',
  'stuck-vbd.txt',
  'real-host-xenstore-ls-fp-frontend.txt',
  'real-host-xenstore-ls.txt',
]

describe('a listing is read the same', () => {
  test.each(Object.entries(WAYS))('%s', (_, way) => {
    for (const name of LISTINGS) expect(listVbds(way(read(name))), name).toEqual(listVbds(read(name)))
  })

  test('after one way and another', () => {
    const way = fc.constantFrom(...Object.keys(WAYS).filter((name) => !/terminal|wrapped|prompt|printable/.test(name)))
    const wrap = fc.constantFrom(...Object.keys(WAYS).filter((name) => /terminal|wrapped|prompt/.test(name)))
    fc.assert(
      fc.property(fc.constantFrom(...LISTINGS), wrap, way, way, fc.boolean(), (name, first, second, third, mailed) => {
        const text = [first, second, third].reduce((said, step) => WAYS[step]!(said), read(name))
        expect(listVbds(mailed ? quotedPrintable(text) : text)).toEqual(listVbds(read(name)))
      }),
      { numRuns: 60, examples: [['real-host-xenstore-ls-fp-frontend.txt', 'wrapped at spaces', 'CRLF', 'CRLF', false]] },
    )
  })
})

test('of a text that breaks off, every line before the cut is read', () => {
  for (const name of LISTINGS) {
    const text = read(name)
    const whole = new Map(listVbds(text).map((vbd) => [`${vbd.domain} ${vbd.vdev}`, vbd]))
    for (let at = 0; at < text.length; at += 97)
      for (const { domain, vdev, frontend } of listVbds(text.slice(0, at)))
        for (const [key, value] of frontend)
          if (domain !== undefined && vdev !== undefined) expect(whole.get(`${domain} ${vdev}`)?.frontend.get(key)).toBe(value)
  }
})

test.each(['xl-list-l.json', 'real-host-xl-list-l.txt', 'xm-list-l.txt'])(
  '%s that breaks off has the disks before the cut',
  (name) => {
    const text = read(name)
    const whole = listVbds(text).map(told)
    let most = 0
    for (let at = 0; at <= text.length; at += 7) {
      const found = listVbds(text.slice(0, at)).map(told)
      expect(found.length).toBeGreaterThanOrEqual(most)
      most = Math.max(most, found.length)
      for (const [i, disk] of found.slice(0, -1).entries()) expect(disk).toBe(whole[i])
    }
    expect(most).toBe(whole.length)
  },
)

test('a dump folder with a listing that has no ring says that it is not used, and why', () => {
  const { scratch, notesOf } = dumpWith
  try {
    expect(notesOf('real-host-xenstore-ls-frontend.txt')).toEqual([])
    expect(notesOf('real-guest-xenstore-ls-p-device-vbd.txt')).toEqual([])
    expect(notesOf('real-host-xenstore-ls-p-backend.txt')).toEqual([
      expect.stringMatching(/no frontend's nodes, .*\(xenstore-ls -f \/local\/domain\/1\/device\/vbd\/51712\): it is not used$/),
    ])
    expect(notesOf('real-host-xl-list.txt')).toEqual([expect.stringMatching(/the domains that xl list prints.*: it is not used$/)])
  } finally {
    rmSync(scratch, { recursive: true })
  }
})

test('a session may read a hundred thousand keys, and print one device as often', () => {
  const paths = Array.from({ length: 100_000 }, (_, i) => `/a/${i}`)
  expect(readVbds(`xenstore-read ${paths.join(' ')}\n${'v\n'.repeat(100_000)}`).nodes).toBe(100_000)
  expect(listVbds('51712 0   1      4     9      9        /local/domain/0/backend/vbd/1/51712\n'.repeat(1000))).toHaveLength(1)
})
