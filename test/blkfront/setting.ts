// A guest, a driver and requests to begin a test with.
import {
  Backend,
  type BlockRequest,
  type Emulator,
  Frontend,
  type FrontendOptions,
  type ScenarioConfig,
  type SgSegment,
} from '../../src/blkfront/index.ts'

export function configWith(changes: Partial<ScenarioConfig> = {}): ScenarioConfig {
  return {
    driver: 'modern',
    abi: 'x86_64',
    pageSize: 4096,
    ringPages: 1,
    persistent: false,
    bounce: false,
    maxIndirectSegments: 32,
    handle: 51712,
    fill: 0xaa,
    featureFlush: false,
    featureFua: false,
    featureDiscard: false,
    featureSecdiscard: false,
    grants: { freeList: [[8, 504]], frames: 1, maxFrames: 64 },
    allocPfnBase: 4096,
    ...changes,
  }
}

export function pair(changes: Partial<ScenarioConfig> = {}, options: FrontendOptions = {}) {
  const frontend = new Frontend(configWith(changes), options)
  return { frontend, backend: new Backend(frontend.ring, frontend.guest) }
}

/** A read or write of whole pages. */
export function ioOf(serial: number, pages: number, changes: Partial<BlockRequest> = {}, pageSize = 4096): BlockRequest {
  const segments = Array.from({ length: pages }, (_, i): SgSegment => [256 + i, 0, pageSize])
  return { serial, op: 'write', fua: false, sector: 0n, nrSectors: 0, segments, ...changes }
}

export function flushOf(serial: number): BlockRequest {
  return { serial, op: 'flush', fua: false, sector: 2n ** 64n - 1n, nrSectors: 0, segments: [] }
}

/** Publishes, answers everything with the same status, and takes the answers. */
export function settle({ frontend, backend }: Pick<Emulator, 'frontend' | 'backend'>, status = 0) {
  frontend.push()
  for (const { id, dataOp } of backend.consume(true).requests)
    backend.respond({ id, operation: dataOp, status, mapped: [], raw: false })
  backend.pushResponses()
  return frontend.interrupt()
}
