// The way back: a scenario, such as a recorded vector's, as a file would say it.
import type { BlockRequest, Scenario, ScenarioConfig, Step } from '../blkfront/index.ts'

/** A scenario file as JSON prints it. */
export type PlainScenario = { readonly [key: string]: unknown }

/** A file that runs exactly this scenario, checks left out: what was recorded happened. */
export function fileOfScenario({ config, steps }: Scenario): PlainScenario {
  return { ...fileOfConfig(config), unchecked: true, final_push: false, steps: steps.map(fileOfStep) }
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
  }
}

function fileOfStep(step: Step): unknown {
  switch (step.type) {
    case 'submit':
      return fileOfRequest(step.request)
    case 'queueRq':
      return { queue: fileOfRequest(step.request) }
    case 'consume':
      return { consume: { final_check: step.finalCheck, ...(step.count === undefined ? {} : { count: step.count }) } }
    case 'respond': {
      const { id, operation, status, mapped, raw } = step
      return { respond: { id: String(id), operation, status, still_mapped: mapped, ...(raw ? { raw } : {}) } }
    }
    case 'reserveGrefs':
      return { reserve_grefs: step.count }
    case 'backendUnmap':
      return { backend_unmap: step.grefs }
    case 'pushResponses':
      return 'push_responses'
    case 'releaseGrefs':
      return 'release_grefs'
    default:
      return step.type
  }
}

function fileOfRequest({ op, fua, sector, nrSectors, segments }: BlockRequest): unknown {
  const at = String(sector)
  switch (op) {
    case 'read':
      return { read: { sector: at, segments } }
    case 'write':
      return { write: { sector: at, segments, ...(fua ? { fua } : {}) } }
    case 'flush':
      return { flush: { sector: at, ...(segments.length > 0 ? { segments } : {}) } }
    default:
      return { discard: { sector: at, sectors: nrSectors, ...(op === 'secdiscard' ? { secure: true } : {}) } }
  }
}
