// What crash, gdb and drgn printed of one hung guest and of its dom0: no print says anything but the truth, and the sessions say all of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Testimony } from '../../src/capture/testimony.ts'
import {
  type Diagnosis,
  diagnoseHistory,
  diagnosePart,
  type Moment,
  momentOfTestimony,
  type RingDiagnosis,
  withSlots,
} from '../../src/doctor/index.ts'
import { snapshotsOf } from '../../src/gather/moments.ts'
import { openInputNow } from '../../src/node/read/inputs.ts'
import { readTestimonies } from '../../src/testimony/index.ts'
import { devicesOf } from '../doctor/moments.ts'
import { describeShared, SHARED } from '../support/shared.ts'

interface Truth {
  readonly queues: readonly {
    readonly nr_ents: number
    readonly header: Readonly<Record<string, number>>
    readonly front: {
      readonly req_prod_pvt: number
      readonly rsp_cons: number
      readonly evtchn: number
      readonly ring_ref: readonly number[]
    }
    readonly back: { readonly req_cons: number; readonly rsp_prod_pvt: number; readonly inflight: number }
    readonly outstanding: readonly {
      readonly id: number
      readonly op: number
      readonly indirect_op?: number
      readonly sector: string | number
      readonly nr_segments: number
      readonly ring_index_and_slot: readonly (readonly [number, number])[]
    }[]
  }[]
}

const FOLDERS = ['crash', 'gdb', 'gdb-80col', 'drgn', 'gdb-dom0', 'drgn-dom0', 'drgn-dom0-pending']
/** The second disk of the guest, which is idle. */
const IDLE = /xvdz/
/** The sector of a flush is 2^64 - 1, which JSON of the collection rounds. */
const sectorOf = (sector: bigint) => Number(sector)

describeShared('prints of a hung guest', () => {
  const real = join(SHARED, 'field/real/a-persistent-all-kinds')
  const truth = JSON.parse(readFileSync(join(real, 'TRUTH.json'), 'utf8')) as Truth
  const [queue] = truth.queues as [Truth['queues'][number]]
  const { header, front, back, nr_ents, outstanding } = queue
  const indices: Record<string, number> = {
    ...header,
    req_prod_pvt: front.req_prod_pvt,
    rsp_cons: front.rsp_cons,
    req_cons: back.req_cons,
    rsp_prod_pvt: back.rsp_prod_pvt,
  }
  const byId = new Map(outstanding.map((request) => [request.id, request]))

  const isTrue = (testimony: Testimony) => {
    expect(indices).toMatchObject({ ...testimony.shared, ...testimony.known })
    expect([undefined, nr_ents]).toContain(testimony.nr_ents)
    expect([undefined, front.evtchn]).toContain(testimony.evtchn)
    expect([undefined, back.inflight]).toContain(testimony.inflight)
    if (testimony.ringRefs) expect(testimony.ringRefs).toEqual(front.ring_ref)
    for (const { id, inUse, request } of testimony.shadow?.entries.values() ?? []) {
      expect(byId.has(id)).toBe(inUse)
      const wanted = byId.get(id)
      if (!request) continue
      expect(request).toMatchObject({ id: BigInt(id), operation: wanted!.op, nr_segments: wanted!.nr_segments })
      expect(sectorOf(request.sector_number)).toBe(Number(wanted!.sector))
      if (request.kind === 'indirect') expect(request.indirect_op).toBe(wanted!.indirect_op)
    }
    for (const id of testimony.pending?.keys() ?? []) expect(byId.has(Number(id))).toBe(true)
  }

  test.each(FOLDERS)('%s: every print is of one moment and says the truth', (folder) => {
    for (const name of readdirSync(join(real, folder)).filter((name) => !IDLE.test(name))) {
      const { testimonies, notes } = readTestimonies(readFileSync(join(real, folder, name), 'utf8'))
      expect([name, testimonies.length <= 1, notes]).toEqual([name, true, []])
      testimonies.forEach(isTrue)
    }
  })

  test.each(FOLDERS)('%s: the session says all that its side knows', (folder) => {
    const [testimony] = readTestimonies(readFileSync(join(real, folder, 'session.txt'), 'utf8')).testimonies
    const { shared, known, shadow, pending } = testimony!
    if (folder.includes('dom0')) {
      expect(known).toEqual({ req_cons: back.req_cons, rsp_prod_pvt: back.rsp_prod_pvt })
      if (folder.endsWith('pending')) expect([...pending!.keys()].map(Number).sort((a, b) => a - b)).toEqual([...byId.keys()])
      return
    }
    expect({ ...shared, ...known }).toEqual({ ...header, req_prod_pvt: front.req_prod_pvt, rsp_cons: front.rsp_cons })
    expect([shadow!.isWhole, shadow!.entries.size]).toEqual([true, nr_ents])
    expect([...shadow!.entries.values()].filter(({ inUse, request }) => inUse && request)).toHaveLength(outstanding.length)
  })

  const diagnosesOf = (...path: readonly string[]): RingDiagnosis[] => {
    const onError = (error: Error) => {
      throw error
    }
    const parts: RingDiagnosis[] = []
    const name = join(SHARED, 'field/real', ...path)
    const input = openInputNow({ name, place: 0 }, { onError, indices: true })
    const options = { abi: undefined, onError, onNote: () => {} }
    const moments = [
      ...snapshotsOf(input, options, (part) => parts.push(...([diagnosePart(part) ?? []] as RingDiagnosis[][]).flat())),
    ]
    const { devices } = devicesOf(moments)
    return [...devices.flatMap(({ queues }) => queues.map((history): Diagnosis => diagnoseHistory(history))), ...parts]
  }

  test.each(['crash', 'gdb', 'drgn'])('%s: doctor of the session knows every request that waits', (folder) => {
    const [diagnosis, ...others] = diagnosesOf('a-persistent-all-kinds', folder, 'session.txt')
    expect(others).toEqual([])
    expect(diagnosis!.moments).toBe(1)
    expect(diagnosis!.verdicts[0]!.verdict).toBe('storage-below')
    const waiting = diagnosis!.waiting.map((w) => ({
      id: Number(w.id),
      op: w.request!.operation,
      place: [w.index, w.slot],
      taken: w.taken,
      sureness: w.sureness,
    }))
    const wanted = [...outstanding]
      .sort((a, b) => a.ring_index_and_slot[0]![0] - b.ring_index_and_slot[0]![0])
      .map(({ id, op, ring_index_and_slot }) => ({ id, op, place: [...ring_index_and_slot[0]!], taken: true, sureness: 'certain' }))
    expect(waiting).toEqual(wanted)
  })

  test.each([
    ['gdb', ['02-rinfo', '03-sring-header', '03-sring-entries', '04-shadow-array']],
    ['gdb-80col', ['02-rinfo', '03-sring-header', '03-sring-entries', '04-shadow-array']],
    ['crash', ['04-ring_info', '08-blkif_sring-members', '11-sring_entry-array', '12-blk_shadow-members']],
    ['crash', ['04-ring_info-x', '08-blkif_sring-members-x', '11-blkif_request-array-x', '12-blk_shadow-array-x']],
  ])('%s %j: prints of the slots are the page', (folder, names) => {
    const text = names.map((name) => readFileSync(join(real, folder, `${name}.txt`), 'utf8')).join('\n')
    const { testimonies } = readTestimonies(text)
    expect(testimonies).toHaveLength(1)
    const moment = withSlots(momentOfTestimony(testimonies[0]!, { source: 'prints' }) as Moment, testimonies[0]!)
    const [diagnosis] = devicesOf([moment]).devices.flatMap(({ queues }) => queues.map((history) => diagnoseHistory(history)))
    expect(diagnosis!.waiting.map((w) => [Number(w.id), w.index, w.slot, w.sureness])).toEqual(
      [...outstanding]
        .sort((a, b) => a.ring_index_and_slot[0]![0] - b.ring_index_and_slot[0]![0])
        .map(({ id, ring_index_and_slot: [place] }) => [id, ...place!, 'certain']),
    )
  })

  test.each(['gdb-dom0', 'drgn-dom0', 'drgn-dom0-pending'])('%s: doctor says what the backend holds', (folder) => {
    const [diagnosis, ...others] = diagnosesOf('a-persistent-all-kinds', folder, 'session.txt')
    expect(others).toEqual([])
    expect(diagnosis!.verdicts[0]).toMatchObject({ verdict: 'storage-below', text: expect.stringContaining('19 requests') })
    if (folder.endsWith('pending')) expect(diagnosis!.waiting.map(({ id }) => Number(id))).toEqual([...byId.keys()])
  })

  test.each(['same-core-rd-twice.txt', 'gdb-x-hex-then-decimal.txt', 'crash-rd-header-64-bytes.txt'])(
    '%s is one moment of one ring',
    (name) => {
      const diagnoses = diagnosesOf('repro', name)
      expect(diagnoses.map(({ moments, last }) => [moments, last.nr_ents, last.sring])).toEqual([[1, 32, header]])
    },
  )

  test('a list of pointers is no dump', () => {
    expect(() => diagnosesOf('repro', 'crash-list-pointers.txt')).toThrow(
      /a text without a hexdump|nothing of a ring|no index of its rings/,
    )
  })
})
