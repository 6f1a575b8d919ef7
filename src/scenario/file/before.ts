// What stood in the ring before the first request, from the keys of a scenario file.
import type { HeldBytes, ScenarioConfig } from '../../blkfront/index.ts'
import { wireOf } from '../../codec/ring/field-offsets.ts'
import { ringGeometry } from '../../codec/ring/geometry.ts'
import { abiByName } from '../../codec/struct/abi.ts'
import { count } from '../../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { ScenarioError } from './scenario-error.ts'
import type { ScenarioFile } from './table.ts'

type Before = Pick<ScenarioConfig, 'startIndex' | 'freeIds' | 'held'>

/** Bytes of an index in the header. */
const INDEX_SIZE = 4

/** @throws ScenarioError where it does not fit in the ring */
export function beforeOf(file: ScenarioFile): Before {
  const { start_index, free_ids, queues } = file
  for (const key of ['free_ids', 'held'] as const)
    if (queues > 1 && file[key].length > 0)
      throw new ScenarioError(key, `the device has ${queues} queues; it says nothing of which`)
  checkIds(file)
  const held = file.held.map(({ page, at, hex }, i): HeldBytes => {
    checkPlace(file, { page, at, bytes: hex }, `held[${i}]`)
    return { page, at, bytes: hex }
  })
  return {
    ...(start_index > 0 ? { startIndex: start_index } : {}),
    ...(free_ids.length > 0 ? { freeIds: free_ids } : {}),
    ...(held.length > 0 ? { held } : {}),
  }
}

function geometryOf({ abi, ring_pages }: ScenarioFile) {
  return ringGeometry(abiByName(abi)!, ring_pages)
}

function checkIds(file: ScenarioFile): void {
  const { nr_ents } = geometryOf(file)
  const seen = new Set<number>()
  for (const [i, id] of file.free_ids.entries()) {
    if (id >= nr_ents)
      throw new ScenarioError(`free_ids[${i}]`, `id ${id}: a ring of ${count(nr_ents, 'slot')} has ids 0 to ${nr_ents - 1}`)
    if (seen.has(id)) throw new ScenarioError(`free_ids[${i}]`, `id ${id} stands there twice`)
    seen.add(id)
  }
}

function checkPlace(file: ScenarioFile, { page, at, bytes }: HeldBytes, path: string): void {
  const room = page === undefined ? geometryOf(file).bytes : XEN_PAGE_SIZE
  if (at + bytes.length > room)
    throw new ScenarioError(
      path,
      `${bytes.length} bytes at ${at} leave the ${page === undefined ? 'ring' : 'page'} of ${room} bytes`,
    )
  if (page !== undefined) return
  const { req_prod, rsp_prod } = wireOf(abiByName(file.abi)!).sring
  for (const index of [req_prod, rsp_prod])
    if (at < index + INDEX_SIZE && at + bytes.length > index)
      throw new ScenarioError(path, 'the producers are what start_index and the steps make them')
}
