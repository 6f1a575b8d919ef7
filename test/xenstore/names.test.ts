// Paths of both ends of a device, their queues and limits: what one text says wherever it is asked.
import { describe, expect, test } from 'vitest'
import {
  backendPath,
  deviceName,
  deviceText,
  frontendPath,
  isBlkback,
  isQdisk,
  isTapdisk,
  numbersOf,
  offeredSegments,
  parseBackendPath,
  parseFrontendPath,
  parseXenstore,
} from '../../src/xenstore/index.ts'

const BACKEND = '/local/domain/0/backend/vbd/9/51712'
const FRONTEND = '/local/domain/9/device/vbd/51712'
const ends = (backend: string, type?: string) => ({
  frontend: new Map([['backend', backend]]),
  backend: new Map(type === undefined ? [] : [['type', type]]),
})

test('what is made is read again', () => {
  expect([backendPath(0, 'vbd', 9, 51712), frontendPath({ domain: 9, vdev: 51712 })]).toEqual([BACKEND, FRONTEND])
  const numbers = { domain: '9', vdev: '51712' }
  expect(parseFrontendPath(FRONTEND)).toEqual({ path: FRONTEND, ...numbers })
  expect(parseBackendPath(BACKEND)).toEqual({ path: BACKEND, backendDomain: '0', kind: 'vbd', ...numbers })
  expect(deviceName(numbers)).toBe('vbd-9-51712')
})

test('a node below, and a path without its first slash, are of the same end', () => {
  expect(parseFrontendPath(`${FRONTEND}/queue-0/ring-ref`.slice(1))?.path).toBe(FRONTEND)
  expect(parseBackendPath(`${BACKEND}/sectors`)?.path).toBe(BACKEND)
})

test.each([
  undefined,
  '',
  '/local/domain/0/backend/vbd/9',
  '/local/domain/123456/backend/vbd/9/51712',
  '/local/domain/0/backend/vbd;reboot/9/51712',
  '/local/domain/0/backend/vbd/9/51712x',
  `/x${BACKEND}`,
  '/local/domain/9/device/vif/0',
])('%j is no path of an end', (path) => {
  expect([parseBackendPath(path), parseFrontendPath(path)]).toEqual([undefined, undefined])
})

describe('either end names the other', () => {
  test('the frontend', () => expect(numbersOf(ends(BACKEND))).toMatchObject({ domain: '9', vdev: '51712' }))
  test('the backend', () => {
    const nodes = { frontend: new Map<string, string>(), backend: new Map([['frontend', FRONTEND]]) }
    expect(numbersOf(nodes)).toMatchObject({ domain: '9', vdev: '51712' })
  })
  test('the frontend has the word: a backend that is left of another device names that', () => {
    const nodes = { ...ends(BACKEND), backend: new Map([['frontend', frontendPath({ domain: 8, vdev: 51728 })]]) }
    expect(numbersOf(nodes)).toMatchObject({ domain: '9', vdev: '51712' })
  })
  test('neither', () => expect(numbersOf({ frontend: new Map(), backend: new Map() })).toBeUndefined())
})

test.each([
  ['vbd', undefined, 'blkback'],
  ['vbd', 'phy', 'blkback'],
  ['vbd', 'qdisk', 'qdisk'],
  ['qdisk', undefined, 'qdisk'],
  ['vbd3', undefined, 'tapdisk'],
  ['vbd', 'tap', 'blkback tapdisk'],
  ['tap2', undefined, 'tapdisk'],
  ['xenblk', undefined, ''],
])('a backend below %s of type %s is %s', (kind, type, expected) => {
  const nodes = ends(backendPath(0, kind, 9, 51712), type)
  const kinds = [isBlkback(nodes) && 'blkback', isQdisk(nodes) && 'qdisk', isTapdisk(nodes) && 'tapdisk']
  expect(kinds.filter(Boolean).join(' ')).toBe(expected)
})

test('a device that is written is read again, its backend too', () => {
  const [device] = parseXenstore(`${FRONTEND}/backend = "${BACKEND}"\n${FRONTEND}/ring-ref = "8"\n${BACKEND}/sectors = "1"\n`)
  expect(parseXenstore(deviceText(device!))).toMatchObject([{ frontend: device!.frontend, backend: device!.backend }])
})

test.each([
  ['', 11],
  ['-1', 11],
  ['1.5', 11],
  ['1e99', 11],
  ['x', 11],
  ['99999999999999999999', 11],
  ['8', 11],
  ['256', 256],
])('feature-max-indirect-segments %j offers %i segments', (text, segments) => {
  expect(offeredSegments({ frontend: new Map(), backend: new Map([['feature-max-indirect-segments', text]]) })).toBe(segments)
})

test('of a backend that says nothing, nothing is known', () => {
  expect(offeredSegments({ frontend: new Map(), backend: new Map() })).toBeUndefined()
})
