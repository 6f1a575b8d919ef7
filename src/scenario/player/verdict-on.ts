// What a backend that a scenario names answers a request of the emulated driver.
import { NOTHING_KNOWN } from '../../blkback/asked.ts'
import { type AnsweringBackend, answerTo, type BackendDisk, type BackendResponse } from '../../blkback/index.ts'
import type { Frontend, TakenRequest } from '../../blkfront/index.ts'
import { sumSectors } from '../../codec/ring/indirect-pages.ts'
import type { Request } from '../../codec/ring/request.ts'
import { producersPossible } from '../../codec/ring/ring-idx.ts'
import { SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { operationInfo } from '../../codec/xen/operations.ts'

/** The size of the disk is not known: nothing is past its end. @returns undefined where the backend gives no answer */
export function verdictOn(
  taken: TakenRequest,
  { config, rings }: Frontend,
  queue: number,
  backend: AnsweringBackend,
): BackendResponse | undefined {
  const ring = rings[queue]!
  // It serves such a ring no more.
  if (backend === 'linux' && !producersPossible(ring, ring.geometry.nr_ents)) return undefined
  const disk: BackendDisk = {
    ...NOTHING_KNOWN,
    sectorSize: BigInt(SECTOR_SIZE),
    discards: config.featureDiscard ? 'yes' : 'no',
    secure: config.featureSecdiscard,
  }
  return answerTo(requestOf(taken), backend, disk, BigInt(SECTOR_SIZE))
}

function requestOf(taken: TakenRequest): Request {
  const { id, operation, sector_number, nr_segments, dataOp, grefs, indirect_grefs, discard } = taken
  const info = operationInfo(operation)
  const base = { operation, id, sector_number, handle: 0 }
  const segments = grefs.map((gref, i) => ({ gref, first_sect: taken.first_sect[i]!, last_sect: taken.last_sect[i]! }))
  const covered = { nr_segments, segments, nr_sectors: sumSectors(segments) }
  switch (info.kind) {
    case 'rw':
      return { ...base, ...info, ...covered }
    case 'indirect':
      return { ...base, ...info, ...covered, indirect_op: dataOp, indirect_grefs }
    case 'discard':
      return { ...base, ...info, ...discard! }
    case 'other':
      return { ...base, ...info, raw: new Uint8Array(0) }
  }
}
