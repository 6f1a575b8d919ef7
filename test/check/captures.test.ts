// No false alarms: at warning and above nothing is said of a healthy system, and what is said of the captures is true.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Capture, captures, eachCapture, sharedCaptures } from '../support/captures.ts'
import { testShared } from '../support/shared.ts'
import { dumps, rulesFiring } from './run-check.ts'

/** Every capture of which something is said, what, and why it is true. */
const TRUE_FINDINGS: Readonly<Record<string, { readonly rules: readonly string[]; readonly because: string }>> = {
  '64k-split-pair': { rules: ['split-gap'], because: 'the guest read and wrote wrong sectors: the page contents prove it' },
  '4k-sectors': { rules: ['io-misaligned'], because: 'such requests of this guest were answered with status -1' },
  'arm64-64k/p3x-no-indirect-nonpersistent-extra/c4-big-odd-offset-inflight': {
    rules: ['split-gap'],
    because: 'the capture that 64k-split-pair is',
  },
  'arm64-64k/p3-no-indirect/j-series': {
    rules: ['split-gap', 'writes-overlap'],
    because: 'the tail of a split write overruns into the sector of the next write: the same bug, caught in the act',
  },
  'arm64-64k/p7-4k-logical-sectors/q-4096-byte-logical-sectors-inflight': {
    rules: ['io-misaligned'],
    because: 'the capture that 4k-sectors is',
  },
}

eachCapture('each capture', ({ name, path }) => {
  expect(rulesFiring(path, 'warning')).toEqual(TRUE_FINDINGS[name]?.rules ?? [])
})

/** Captures of the collection are named by tree and situation. */
const isShared = (name: string) => name.includes('/')

function listed(captures: readonly Capture[], some: (name: string) => boolean): void {
  const present = captures.map(({ name }) => name)
  expect(Object.keys(TRUE_FINDINGS).filter((name) => some(name) && !present.includes(name))).toEqual([])
}

test('every capture that is listed is there; what was made is none', () => {
  listed(captures, (name) => !isShared(name))
  expect(existsSync(join(dumps, 'hostile'))).toBe(true)
  expect(captures.filter(({ name }) => name.startsWith('hostile'))).toEqual([])
})

testShared('every capture that is listed is there', () => listed(sharedCaptures(), isShared))
