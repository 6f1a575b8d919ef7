// The way back: a scenario, such as a recorded vector's, as a file would say it.
import type { BlockRequest, HeldBytes, Scenario, ScenarioConfig, Step } from '../../blkfront/index.ts'
import { ScenarioError } from './scenario-error.ts'

/** A scenario file as plain values, as JSON prints it. */
export type PlainScenario = { readonly [key: string]: unknown }

/** A file that runs exactly this scenario, checks left out: what was recorded happened. */
export function fileOfScenario({ config, steps }: Scenario): PlainScenario {
  return {
    ...fileOfConfig(config),
    unchecked: true,
    final_push: false,
    steps: steps.map((step) => fileOfStep(step, (config.queues ?? 1) > 1)),
  }
}

function fileOfConfig(config: ScenarioConfig): PlainScenario {
  const { grants } = config
  return {
    driver: config.driver,
    abi: config.abi,
    page_size: config.pageSize,
    ring_pages: config.ringPages,
    features: {
      persistent: config.persistent,
      max_indirect_segments: config.maxIndirectSegments,
      flush: config.featureFlush && !config.featureFua,
      barrier: config.featureFua,
      discard: config.featureDiscard,
      secure_discard: config.featureSecdiscard,
      bounce: config.bounce && !config.persistent,
    },
    handle: config.handle,
    free_list: grants.freeList,
    grant_frames: grants.frames,
    max_grant_frames: grants.maxFrames,
    alloc_pfn: config.allocPfnBase,
    fill: config.fill,
    ...(config.queues === undefined ? {} : { queues: config.queues }),
    ...(config.startIndex === undefined ? {} : { start_index: config.startIndex }),
    ...(config.freeIds === undefined ? {} : { free_ids: config.freeIds }),
    ...(config.held === undefined ? {} : { held: config.held.map(plainHeld) }),
  }
}

/** Bytes that are held, as a file has them. */
export function plainHeld({ page, at, bytes }: HeldBytes): PlainScenario {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { ...(page === undefined ? {} : { page }), at, hex }
}

/** @param several the device has several queues: a step names its own */
function fileOfStep(step: Step, several: boolean): unknown {
  const queue = several && 'queue' in step && step.queue !== undefined ? { queue: step.queue } : {}
  switch (step.type) {
    case 'submit':
      return fileOfRequest(step.request, queue)
    case 'queueRq':
      return { queue: fileOfRequest(step.request, queue) }
    case 'consume':
      return { consume: { final_check: step.finalCheck, ...(step.count === undefined ? {} : { count: step.count }), ...queue } }
    case 'respond': {
      const { id, operation, status, mapped, raw } = step
      return { respond: { id: String(id), operation, status, still_mapped: mapped, ...(raw ? { raw } : {}), ...queue } }
    }
    case 'reserveGrefs':
      return { reserve_grefs: step.count }
    case 'backendUnmap':
      return { backend_unmap: step.grefs }
    case 'pushResponses':
      return several ? { push_responses: queue } : 'push_responses'
    case 'push':
    case 'interrupt':
      return several ? { [step.type]: queue } : step.type
    case 'releaseGrefs':
      return 'release_grefs'
    case 'purge':
      return 'purge'
    case 'suspend':
    case 'resume':
    case 'reconnect':
      throw new ScenarioError('', 'it suspends the guest, which scenario files have no step for; npm run replay runs it')
  }
}

function fileOfRequest({ op, fua, sector, nrSectors, segments }: BlockRequest, queue: object): unknown {
  const at = String(sector)
  switch (op) {
    case 'read':
      return { read: { sector: at, segments, ...queue } }
    case 'write':
      return { write: { sector: at, segments, ...(fua ? { fua } : {}), ...queue } }
    case 'flush':
      return { flush: { sector: at, ...(segments.length > 0 ? { segments } : {}), ...queue } }
    default:
      return { discard: { sector: at, sectors: nrSectors, ...(op === 'secdiscard' ? { secure: true } : {}), ...queue } }
  }
}
