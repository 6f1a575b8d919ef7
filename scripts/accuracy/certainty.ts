// What `decodeRing` claims of requests that may have been answered, against what the simulated backend knows.
import { Backend, type BlockRequest, type DriverName, Frontend, type ScenarioConfig } from '../../src/blkfront/index.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { Random } from '../../src/scenario/file/random.ts'

/** `in-order`: the backend answers what it took first, first. `any-order`: any of what it has. */
export type CompletionOrder = 'in-order' | 'any-order'

/** What is simulated: how many rings, from which seed of all chance, of how many pages, and in which order they are answered. */
export interface Simulated {
  readonly rings: number
  readonly seed: number
  readonly pages: number
  readonly order: CompletionOrder
}

export interface Claims {
  readonly evidence: string
  readonly claim: string
  /** Claims of that certainty that the request is outstanding and that it is not, and how often it was. */
  readonly slots: number
  readonly outstanding: number
  /** Claims of certainty that the truth contradicts. */
  readonly wrong: number
}

const DRIVERS: readonly DriverName[] = ['seed', 'extra-req', 'modern']

/** A simulated ring ends after this many steps at the most: enough for several laps of 32 slots. */
const MAX_STEPS = 200

/**
 * Simulates rings of all three drivers, of which each is stopped somewhere, and counts what is claimed of every slot.
 * @param pages of a ring
 * @param order in which the backend answers
 */
export function countClaims({ rings, seed, pages, order }: Simulated): Claims[] {
  const counts = new Map<string, { evidence: string; claim: string; slots: number; outstanding: number; wrong: number }>()
  for (let n = 0; n < rings; n++) {
    const { ring, outstanding } = simulate(new Random(seed, n), configOf(DRIVERS[n % DRIVERS.length]!, pages), order)
    for (const s of ring.slots) {
      if (s.state !== 'request' && s.state !== 'response') continue
      const isOutstanding = outstanding.has(s.index)
      const [what, certainty] = s.state === 'request' ? ['answered', s.answered] : ['outstanding beneath', s.beneathOutstanding]
      const claim = `${what}: ${certainty}`
      const key = `${ring.evidence} ${claim}`
      const count = counts.get(key) ?? { evidence: ring.evidence, claim, slots: 0, outstanding: 0, wrong: 0 }
      counts.set(key, count)
      count.slots++
      if (isOutstanding) count.outstanding++
      const claimed = certainty === 'yes' ? s.state === 'response' : certainty === 'no' ? s.state === 'request' : undefined
      if (claimed !== undefined && claimed !== isOutstanding) count.wrong++
    }
  }
  return [...counts.values()].sort((a, b) => a.evidence.localeCompare(b.evidence) || a.claim.localeCompare(b.claim))
}

function simulate(random: Random, config: ScenarioConfig, order: CompletionOrder) {
  const frontend = new Frontend(config)
  const backend = new Backend(frontend.ring, frontend.guest)
  /** By index: a request that waits for long shares its slot with a later one. */
  const taken: { index: number; id: bigint }[] = []
  let index = 0
  const steps = 1 + random.below(MAX_STEPS)
  // A backend that keeps few, some or most of the ring in flight.
  const busy = 1 + random.below(9)
  for (let step = 0; step < steps; step++) {
    if (random.below(10) < busy) {
      frontend.queueRq(readOf(step))
      for (const { id } of backend.consume(true).requests) taken.push({ index: index++, id })
    } else if (taken.length > 0) {
      const [request] = taken.splice(order === 'in-order' ? 0 : random.below(taken.length), 1)
      backend.respond({ id: request!.id, operation: 0, status: 0, mapped: [], raw: false })
      backend.pushResponses()
      if (random.below(4) > 0) frontend.interrupt()
    }
  }
  return { ring: decodeRing(frontend.ring.bytes, x86_64), outstanding: new Set(taken.map((request) => request.index)) }
}

/** A read of 4 KiB; its sector tells which it is. */
export function readOf(serial: number): BlockRequest {
  const segments = [[256 + serial, 0, 4096]] as const
  return { serial, op: 'read', fua: false, sector: BigInt(serial * 128), nrSectors: 0, segments }
}

/** A driver on a ring of one page, direct requests alone. */
export function configOf(driver: DriverName, ringPages: number): ScenarioConfig {
  return {
    driver,
    abi: 'x86_64',
    pageSize: 4096,
    ringPages,
    persistent: false,
    bounce: false,
    maxIndirectSegments: 0,
    handle: 51712,
    fill: 0,
    featureFlush: false,
    featureFua: false,
    featureDiscard: false,
    featureSecdiscard: false,
    grants: { freeList: [[8, 2040]], frames: 4, maxFrames: 64 },
    allocPfnBase: 65536,
  }
}
