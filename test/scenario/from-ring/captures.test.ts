// Rings of running guests: what the emulated driver writes for their I/O is what they hold, byte for byte, but for what is named here.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DRIVER_MODELS, type DriverName } from '../../../src/blkfront/index.ts'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import { loadDumps } from '../../../src/node/index.ts'
import { allCaptures, type Capture } from '../../support/captures.ts'
import { heldAgainst } from './held-against.ts'

/** Why a request is not, or not the same; behind one that is left out, the others move up. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  'a live dump has no pages of segments, or some': /^a page of its segments is not in the input$/,
  'a request that is answered, of which a later one has the id or a grant':
    /it may be answered, and a later request has its names$/,
  'a live dump has a response that the header does not tell of': /^it reads as a response that is not published$/,
  'GRUB takes references that Linux keeps for itself': /^gref N instead of N$/,
  'GRUB has no other id than 0': /^id N instead of N/,
  'OpenBSD defers its event': /^N: it asks for an event at the next response$/,
}

function held(all: readonly Capture[], driver: DriverName) {
  const sums = { requests: 0, equal: 0, unexplained: [] as string[], excepted: 0 }
  for (const { path, name } of all)
    for (const dump of loadDumps(path)) {
      const { protocol, ring } = decodeCapture(dump)
      if (ring.indices !== 'possible') continue
      const { abi } = protocol
      const input = { driver, abi: abi.name, bytes: dump.bytes, pages: dump.indirectPages, xenstore: dump.xenstore, asked: {} }
      const { requests, equal, reasons, whole } = heldAgainst(input)
      sums.requests += requests
      sums.equal += equal
      // What no request is about stays as it is.
      if (reasons.length === 0) expect(whole, `${name} ${dump.source}`).toBe(true)
      for (const reason of reasons) {
        if (!Object.values(EXCEPTIONS).some((text) => text.test(reason))) sums.unexplained.push(`${name}: ${reason}`)
      }
      sums.excepted += reasons.length > 0 ? requests - equal : 0
    }
  return sums
}

allCaptures('what Linux writes is what Linux wrote', (all) => {
  const { requests, equal, excepted, unexplained } = held(all, 'modern')
  expect(unexplained).toEqual([])
  expect(equal + excepted).toBe(requests)
  expect(equal).toBeGreaterThan(excepted)
})

test('the older drivers write the same where they can be told apart by their history alone', () => {
  const folders = ['direct', 'flush', 'x86_32'].map((name) => ({ name, path: join(import.meta.dirname, '../../../dumps', name) }))
  for (const driver of Object.keys(DRIVER_MODELS) as DriverName[]) {
    const { requests, equal } = held(folders, driver)
    expect(equal, driver).toBe(requests)
  }
})

test('rings that generate made are given back', () => {
  const made = join(import.meta.dirname, '../../../dumps/made')
  const folders = readdirSync(made, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const { unexplained } = held(
    folders.map(({ name }) => ({ name, path: join(made, name) })),
    'modern',
  )
  expect(unexplained).toEqual([])
})
