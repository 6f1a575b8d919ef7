// Scenarios that name a backend to answer: the statuses and operations are its verdicts.
import { expect, test } from 'vitest'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { parseScenarioText, scriptOf } from '../../../src/scenario/file/index.ts'
import { Player } from '../../../src/scenario/player/index.ts'

/** Operation and status of each response, in slot order, and how many requests are left. */
async function answers(scenario: string) {
  const player = new Player(scriptOf(await parseScenarioText(scenario, () => import('yaml'))))
  for (const _ of player.play());
  const { ring } = player.emulator.frontend
  const { slots, outstanding } = decodeRing(ring.bytes, ring.geometry.abi)
  const given = slots.flatMap((slot) => (slot.state === 'response' ? [[slot.response.operation, slot.response.status]] : []))
  return { given, outstanding }
}

const requests = `
driver: modern
unchecked: true
features: {max_indirect_segments: 32, flush: true, discard: true}
steps:
  - read: {sector: 8, bytes: 4K}
  - write: {sector: 0, bytes: 64K}
  - discard: {sector: 0, sectors: 0}
`

test.each([
  [
    'linux',
    [
      [0, 0],
      [1, 0],
      [5, -1],
    ],
  ],
  [
    'qemu',
    [
      [0, 0],
      [6, -1],
      [5, 0],
    ],
  ],
])('%s answers as it does', async (backend, given) => {
  expect(await answers(`${requests}  - push\n  - consume\n  - respond: ${backend}\n`)).toEqual({ given, outstanding: 0 })
  expect((await answers(`${requests}  - push\n  - consume\n  - respond: {backend: ${backend}, count: 1}\n`)).given).toEqual(
    given.slice(0, 1),
  )
  // The driver disables the device where QEMU echoes the operation of an indirect request.
  expect(await answers(`${requests}  - complete: ${backend}\n`)).toEqual({ given, outstanding: 0 })
})

test('what no driver writes is refused, and an impossible req_prod halts Linux', async () => {
  const poked = (fields: string, backend: string) =>
    answers(
      `unchecked: true\nsteps:\n  - read: {sector: 8, bytes: 4K}\n  - push\n  - poke: {${fields}}\n  - consume\n  - respond: ${backend}\n`,
    )
  expect((await poked('"ring[0].req.nr_segments": 12', 'linux')).given).toEqual([[0, -1]])
  expect((await poked('"ring[0].req.operation": 77', 'linux')).given).toEqual([[77, -2]])
  expect((await poked('"ring[0].req.operation": 77', 'qemu')).given).toEqual([[77, -1]])
  expect((await poked('"sring.req_prod": 1000', 'linux')).given).toEqual([])
})

test('a backend beside an id is refused, and so is one whose answers nobody has seen', async () => {
  await expect(answers('steps: [{respond: {id: 3, backend: linux}}]')).rejects.toThrow(
    /steps\[0\]\.respond\.backend: answers requests/,
  )
  await expect(answers('steps: [{respond: tapdisk}]')).rejects.toThrow(/tapdisk/)
})
