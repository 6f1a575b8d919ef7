// A disk that never connects: whose turn it is, by XenStore alone.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectionSteps, connectionVerdict } from '../../src/doctor/connecting/connecting.ts'
import { STAGES, stageOf } from '../../src/doctor/connecting/stages.ts'
import { connectionOf } from '../../src/xenstore/connection.ts'
import { listVbds } from '../../src/xenstore/devices.ts'
import type { XenstoreNodes } from '../../src/xenstore/nodes.ts'

const pasted = join(import.meta.dirname, '../xenstore/pasted')
const devicesOf = (name: string) => listVbds(readFileSync(join(pasted, name), 'utf8'))

/** Both ends of a device of blkback, as they are when everything is in order. */
function device(
  front: string | undefined,
  back: string | undefined,
  changes: Readonly<Record<string, string | undefined>> = {},
): XenstoreNodes {
  const nodes: Record<string, string | undefined> = {
    'frontend backend': '/local/domain/0/backend/vbd/3/51712',
    'frontend device-type': 'disk',
    'frontend state': front,
    'frontend ring-ref': '8',
    'frontend event-channel': '9',
    'frontend protocol': 'x86_64-abi',
    'backend frontend': '/local/domain/3/device/vbd/51712',
    'backend params': '/dev/vg0/db1',
    'backend physical-device': 'fd:0',
    'backend hotplug-status': 'connected',
    'backend state': back,
    'backend sectors': '8',
    'backend sector-size': '512',
    'backend info': '0',
    ...changes,
  }
  const end = (name: string) =>
    new Map(
      Object.entries(nodes).flatMap(([key, value]) =>
        key.startsWith(name) && value !== undefined ? [[key.slice(name.length + 1), value]] : [],
      ),
    )
  return { frontend: end('frontend'), backend: end('backend') }
}

const STATES = [undefined, '1', '2', '3', '4', '5', '6', '7', '8']

test('every pair of states that is not connected is in the table', () => {
  for (const front of STATES)
    for (const back of STATES) {
      const nodes = device(front, back)
      const { state } = connectionOf(nodes)
      const verdict = connectionVerdict(nodes)
      if (state === 'unknown' || state === 'connected' || state === 'half') expect(verdict, `${front}/${back}`).toBeUndefined()
      else expect(verdict?.text, `${front}/${back}`).toContain(stageOf(front, back)!.means)
      for (const { command } of verdict ? connectionSteps(nodes) : []) expect(command).not.toMatch(/undefined/)
    }
  for (const stage of STAGES) expect(STATES.some((front) => STATES.some((back) => stageOf(front, back) === stage))).toBe(true)
})

/** The end of the text: whose turn it is. */
function turnOf(nodes: XenstoreNodes): string | undefined {
  return /It is the turn of the (\w+)\./.exec(connectionVerdict(nodes)?.text ?? '')?.[1]
}

describe('whose turn it is', () => {
  test.each([
    ['1', '1', 'backend'],
    ['1', '2', 'frontend'],
    ['3', '1', 'backend'],
    ['3', '2', 'backend'],
    ['4', '2', 'frontend'],
    ['4', '5', 'frontend'],
    ['6', '2', 'frontend'],
    ['1', '6', 'backend'],
    ['1', '4', 'backend'],
    ['6', '6', 'toolstack'],
  ])('%s/%s', (front, back, turn) => {
    expect(turnOf(device(front, back))).toBe(turn)
  })

  test.each([
    ['a hotplug script that failed', '1', '2', { 'backend hotplug-status': 'error' }, 'toolstack', /hotplug-status is "error"/],
    [
      'no device behind blkback yet',
      '3',
      '2',
      { 'backend physical-device': undefined },
      'toolstack',
      /blkback waits for physical-device/,
    ],
    ['no reference of the ring', '3', '2', { 'frontend ring-ref': undefined }, 'frontend', /has not written ring-ref:/],
    ['no event channel', '3', '2', { 'frontend event-channel': undefined }, 'frontend', /has not written event-channel:/],
    [
      'more queues than are offered',
      '3',
      '2',
      {
        'frontend multi-queue-num-queues': '2',
        'backend multi-queue-max-queues': '1',
        'frontend queue-0/ring-ref': '8',
        'frontend queue-0/event-channel': '9',
        'frontend queue-1/ring-ref': '8',
        'frontend queue-1/event-channel': '9',
      },
      'frontend',
      /multi-queue-num-queues is 2, and the backend offers multi-queue-max-queues 1/,
    ],
    [
      'a larger ring than is offered',
      '3',
      '2',
      { 'frontend ring-page-order': '2' },
      'frontend',
      /the backend has no max-ring-page-order/,
    ],
    ['a protocol that is none', '3', '2', { 'frontend protocol': 'arm64-abi' }, 'frontend', /protocol is "arm64-abi"/],
    ['no size of the disk', '3', '4', { 'backend sectors': undefined }, 'backend', /has not published sectors,/],
    ['a device that is taken away', '1', '2', { 'backend online': '0' }, 'toolstack', /online is 0/],
  ] as const)('%s', (_, front, back, changes, turn, text) => {
    const nodes = device(front, back, changes)
    expect(connectionVerdict(nodes)?.text).toMatch(text)
    expect(turnOf(nodes)).toBe(turn)
  })
})

test("a frontend at 3 whose backend never leaves 2: nothing is missing, and the backend's domain is asked", () => {
  const [nodes] = devicesOf('stuck-vbd.txt')
  expect(turnOf(nodes!)).toBe('backend')
  expect(connectionVerdict(nodes)).toMatchObject({ verdict: 'not-connected', sureness: 'likely', problem: true })
  expect(connectionVerdict(nodes)!.text).toMatch(
    /3 \(Initialised\), the backend's 2 \(InitWait\).*Nothing that XenStore shows is missing/,
  )
  expect(connectionSteps(nodes).map(({ command }) => command)).toContain('xenstore-ls -f /local/domain/1/error')
})

test("the host's own qdisk needs a QEMU of the host", () => {
  const [own, guests] = devicesOf('stuck-qdisk.txt')
  expect(connectionVerdict(own)!.causes[0]).toMatch(/^no QEMU serves domain 0/)
  expect(connectionVerdict(guests)).toBeUndefined()
})

test('of a part of a store the other end is asked for first', () => {
  const [row] = devicesOf('block-list.txt').slice(-1)
  expect(connectionVerdict(row)!.text).not.toMatch(/has not written/)
  expect(connectionSteps(row)[0]!.command).toBe('xenstore-ls -f /local/domain/3/backend/vbd/241/51840')
})

test('what a driver has left in its error node is said', () => {
  const text = readFileSync(join(pasted, 'stuck-vbd.txt'), 'utf8')
  const error = '/local/domain/1/error/backend/vbd/3/51712/error = "22 mapping ring-ref 9"\n'
  const [nodes] = listVbds(text + error)
  expect(connectionVerdict(nodes)!.text).toContain('The backend has left an error: "22 mapping ring-ref 9".')
})
