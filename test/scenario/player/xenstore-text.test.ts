// What the generated xenstore.txt says of the frontend, against what the frontends of the captured virgin rings wrote.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RULES } from '../../../src/check/index.ts'
import { xenstoreText } from '../../../src/scenario/player/xenstore-text.ts'
import { parseXenstore } from '../../../src/xenstore/devices.ts'
import { play, scenarioNames, scenarioText } from './scenario-files.ts'

/** Values that no driver decides, by who does. The names of all nodes are compared. */
const NOT_THE_DRIVERS = {
  /** Names the guest by its domain number. */
  backend: 'toolstack',
  /** The whole number of the disk; the handle in requests is its lower 16 bits. */
  'virtual-device': 'toolstack',
  'event-channel': 'Xen',
} as const

/** The references of the ring are inputs of the scenario, and must come out again. The last was captured before its backend connected. */
const CAPTURED = {
  'virgin-arm64-4k': { connected: true },
  'virgin-arm64-64k': { connected: true },
  'virgin-x86_32': { connected: true },
  'virgin-x86_64': { connected: true },
  'virgin-x86_64-4-pages': { connected: false },
} as const

const frontendOf = (text: string) => Object.fromEntries(parseXenstore(text)[0]!.frontend)

test('every virgin ring is here', () => {
  expect(scenarioNames.filter((name) => name.startsWith('virgin-')).sort()).toEqual(Object.keys(CAPTURED))
})

test.each(Object.entries(CAPTURED))('%s', async (name, { connected }) => {
  const { player } = await play(scenarioText(name))
  const ours = frontendOf(xenstoreText(player.script.config, [player.emulator.frontend.ringGrefs], connected))
  const theirs = frontendOf(readFileSync(join(import.meta.dirname, '../../../dumps', name, 'xenstore.txt'), 'utf8'))
  const common = Object.fromEntries(Object.keys(NOT_THE_DRIVERS).map((node) => [node, expect.any(String)]))
  expect(ours).toEqual({ ...theirs, ...common })
  expect(ours['virtual-device']).toBe(theirs['virtual-device'])
})

test('a device with two queues, as its frontend wrote it', async () => {
  const scenario = 'abi: arm\nqueues: 2\nring_pages: 2\nfirst_gref: 12\nfeatures: {persistent: false}'
  const { player } = await play(scenario)
  const { config, emulator } = { ...player.script, ...player }
  const grefs = emulator.frontend.rings.map((_, queue) => emulator.frontend.ringGrefsOf(queue))
  const ours = frontendOf(xenstoreText(config, grefs, true))
  const theirs = frontendOf(readFileSync(join(import.meta.dirname, '../../../dumps/multi-queue/xenstore.txt'), 'utf8'))
  const channels = ['queue-0/event-channel', 'queue-1/event-channel', 'backend', 'feature-persistent']
  const common = Object.fromEntries(channels.map((node) => [node, expect.any(String)]))
  expect(ours).toEqual({ ...theirs, ...common })
})

test('the device of any handle is one that there can be', async () => {
  const { player } = await play(scenarioText('virgin-x86_64'))
  for (const handle of [0, 1, 255, 0x1b00, 51712, 2048, 0xffff]) {
    const text = xenstoreText({ ...player.script.config, handle }, [[8]], true)
    const [device] = parseXenstore(text)
    expect(RULES.flatMap(({ id, xenstore }) => (xenstore?.(device!) ?? []).map(({ message }) => `${id}: ${message}`))).toEqual([])
    expect(Number(device!.frontend.get('virtual-device')) % 2 ** 16).toBe(handle)
  }
})
