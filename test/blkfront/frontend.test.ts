// The driver's manners where the vectors leave room: its death, responses that nobody should send, and what callers may rely on.
import { describe, expect, test } from 'vitest'
import { type DriverName, Emulator, Frontend, run } from '../../src/blkfront/index.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { decode } from '../../src/codec/struct/decode.ts'
import { blkifRequest, blkifRequestDiscard } from '../../src/codec/xen/blkif.ts'
import { configWith, flushOf, ioOf, pair, settle } from './setting.ts'

const OLD_DRIVERS: DriverName[] = ['seed', 'extra-req']

describe('a driver that dies', () => {
  test('says why, and stays as it was', () => {
    const { frontend, backend } = pair({ driver: 'extra-req', maxIndirectSegments: 0 })
    expect(frontend.submit(ioOf(0, 12))).toEqual({ result: 'fatal', slots: [0], ids: [0] })
    expect(frontend.fatal?.cause).toBe('too-many-chunks')
    const { state } = frontend
    expect(frontend.submit(ioOf(1, 1))).toEqual({ result: 'fatal', slots: [], ids: [] })
    expect(frontend.queueRq(ioOf(1, 1))).toMatchObject({ result: 'fatal', notify: false })
    expect(frontend.push()).toEqual({ notify: false, req_prod: 0 })
    backend.respond({ id: 0n, operation: 1, status: 0, mapped: [], raw: true })
    backend.pushResponses()
    expect(frontend.interrupt()).toEqual([])
    frontend.purge()
    expect(frontend.state).toEqual(state)
  })

  test('while it connects, leaves a ring that is granted and empty', () => {
    const config = configWith({ driver: 'seed', pageSize: 65536, maxIndirectSegments: 0 })
    const outcomes = [...run({ config, steps: [{ type: 'push' }] })]
    expect(outcomes).toHaveLength(1)
    expect(outcomes[0]).toMatchObject({
      phase: 'connect',
      ringGrefs: [8],
      fatal: { cause: 'no-scatter-gather-table' },
      state: { connected: 0 },
    })
  })

  test('for want of references for its ring', () => {
    const grants = { freeList: [[8, 3]] as const, frames: 1, maxFrames: 1 }
    const frontend = new Frontend(configWith({ ringPages: 4, grants }))
    expect(frontend.fatal?.cause).toBe('no-ring-grants')
    expect(frontend.submit(ioOf(0, 1)).result).toBe('fatal')
  })

  test('ends its scenario at that step', () => {
    const config = configWith({ maxIndirectSegments: 0 })
    const steps = [{ type: 'submit', request: ioOf(0, 12) } as const, { type: 'push' } as const]
    expect([...run({ config, steps })].map(({ type, fatal }) => [type, fatal?.cause])).toEqual([
      ['init', undefined],
      ['submit', 'too-many-chunks'],
    ])
  })
})

describe('responses that nobody should send', () => {
  const answer = (p: ReturnType<typeof pair>, id: bigint, operation: number) => {
    p.backend.respond({ id, operation, status: 0, mapped: [], raw: true })
    p.backend.pushResponses()
    return p.frontend.interrupt()
  }

  test('disable the modern driver, which then takes and gives nothing', () => {
    const p = pair()
    expect(answer(p, 3n, 0)).toEqual([])
    expect(p.frontend.state).toMatchObject({ connected: 3, rsp_cons: 0 })
    expect(p.frontend.submit(ioOf(0, 1)).result).toBe('busy')
    expect(p.frontend.fatal).toBeUndefined()
  })

  test.each(OLD_DRIVERS)('%s skips an id that was never used', (driver) => {
    const p = pair({ driver })
    expect(answer(p, 3n, 0)).toEqual([])
    expect(p.frontend.state).toMatchObject({ connected: 1, rsp_cons: 1 })
  })

  test.each(OLD_DRIVERS)('%s dies of a second answer, which ends grants twice', (driver) => {
    const p = pair({ driver })
    p.frontend.submit(ioOf(0, 2))
    settle(p)
    answer(p, 0n, 1)
    expect(p.frontend.fatal?.cause).toBe('foreign-response')
  })

  test.each(OLD_DRIVERS)('%s dies of an operation that it never sends', (driver) => {
    const p = pair({ driver })
    p.frontend.submit(ioOf(0, 1))
    answer(p, 0n, 6)
    expect(p.frontend.fatal?.cause).toBe('unknown-operation')
  })

  test('an id above 2^32 is cut off by a 32-bit guest, and refused by a 64-bit one', () => {
    for (const [abi, connected] of [['x86_32', 1] as const, ['x86_64', 3] as const]) {
      const p = pair({ abi })
      p.frontend.submit(ioOf(0, 1))
      expect(answer(p, 2n ** 32n, 1)).toHaveLength(abi === 'x86_32' ? 1 : 0)
      expect(p.frontend.state.connected).toBe(connected)
    }
  })
})

test('completions name the request that was handed in', () => {
  const p = pair()
  const request = ioOf(7, 2)
  p.frontend.submit(request)
  expect(settle(p, -1)).toEqual([{ serial: 7, error: -5, request }])
})

test('a discard carries its sectors and no handle; secure only where that was negotiated', () => {
  for (const [featureSecdiscard, flag] of [[true, 1] as const, [false, 0] as const]) {
    const { frontend } = pair({ featureDiscard: true, featureSecdiscard })
    frontend.submit({ ...ioOf(0, 0), op: 'secdiscard', sector: 2n ** 40n, nrSectors: 9 })
    const slot = decode(blkifRequestDiscard, x86_64, frontend.ring.bytes, frontend.ring.offsetOf(0))
    expect(slot).toEqual({ operation: 5, flag, handle: 0, id: 0n, sector_number: 2n ** 40n, nr_sectors: 9n })
  }
})

test('a flush is a barrier where the backend does barriers, and is refused once it failed', () => {
  for (const [featureFua, operation] of [[true, 2] as const, [false, 3] as const]) {
    const p = pair({ featureFlush: true, featureFua })
    expect(p.frontend.queueRq(flushOf(0))).toMatchObject({ result: 'queued', notify: true })
    const slot = decode(blkifRequest, x86_64, p.frontend.ring.bytes, p.frontend.ring.offsetOf(0))
    expect(slot).toMatchObject({ operation, nr_segments: 0, sector_number: 2n ** 64n - 1n })
    expect(settle(p, -2)).toMatchObject([{ error: 0 }])
    expect(p.frontend.submit(flushOf(1)).result).toBe('invalid')
  }
})

test('stale bytes come from the slot in the old drivers, and from the id in the modern one', () => {
  const second: Record<string, number> = {}
  for (const driver of ['extra-req', 'modern'] as const) {
    const p = pair({ driver, fill: 0xaa })
    p.frontend.submit(ioOf(0, 11))
    settle(p)
    p.frontend.submit(ioOf(1, 1))
    const slot = decode(blkifRequest, x86_64, p.frontend.ring.bytes, p.frontend.ring.offsetOf(1))
    expect(slot.id).toBe(0n)
    second[driver] = slot.seg[1]!.gref
  }
  expect(second).toEqual({ 'extra-req': 0xaaaaaaaa, modern: 10 })
})

test('the largest configuration connects at once, and makes pages only when they are touched', () => {
  const config = configWith({ ringPages: 16, maxIndirectSegments: 4096, persistent: true, bounce: true })
  const emulator = new Emulator(config)
  expect(emulator.connected.allocatedPages).toBe(16 + (4096 + 8) * 512)
  const outcome = emulator.step({ type: 'submit', request: ioOf(0, 4096) })
  // 488 references are left of the first frame, and 4104 are wanted.
  expect(outcome).toMatchObject({ result: 'queued', state: { gnttabFrames: 9 } })
  expect('indirect' in outcome && outcome.indirect).toHaveLength(8)
})
