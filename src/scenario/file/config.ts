// From the keys of a scenario file to what the emulated driver is configured with.

import {
  DRIVER_MODELS,
  GREFS_PER_FRAME,
  type GrantTableConfig,
  type ModuleParameters,
  negotiatedIndirectSegments,
  type ScenarioConfig,
} from '../../blkfront/index.ts'
import { MAX_RING_PAGES } from '../../codec/ring/geometry.ts'
import { count } from '../../codec/struct/count.ts'
import { MAX_INDIRECT_SEGMENTS } from '../../codec/xen/blkif.ts'
import { GNTTAB_NR_RESERVED_ENTRIES } from '../../codec/xen/grant-table.ts'
import { beforeOf } from './before.ts'
import { ScenarioError } from './scenario-error.ts'
import { MAX_QUEUES } from './step-table.ts'
import type { ScenarioFile } from './table.ts'

/** Xen's own limit, unless it was told otherwise. */
const XEN_MAX_FRAMES = 64

/** A scenario says what was agreed on: its driver takes whatever it is offered. */
const PARAMETERS: ModuleParameters = {
  maxIndirectSegments: MAX_INDIRECT_SEGMENTS,
  maxRingPageOrder: Math.log2(MAX_RING_PAGES),
  maxQueues: MAX_QUEUES,
  processors: MAX_QUEUES,
}

export function configOf(file: ScenarioFile): ScenarioConfig {
  const { features } = file
  if (!file.unchecked) checkFeatures(file)
  return {
    driver: file.driver,
    abi: file.abi,
    pageSize: file.page_size,
    ringPages: file.ring_pages,
    persistent: features.persistent,
    bounce: features.persistent || features.bounce,
    maxIndirectSegments: features.max_indirect_segments,
    handle: file.handle,
    fill: file.fill,
    featureFlush: features.flush || features.barrier,
    // A backend that offers both is sent flushes.
    featureFua: features.barrier && !features.flush,
    featureDiscard: features.discard,
    featureSecdiscard: features.secure_discard,
    grants: grantsOf(file),
    allocPfnBase: file.alloc_pfn,
    ...(file.queues > 1 ? { queues: file.queues } : {}),
    parameters: PARAMETERS,
    ...beforeOf(file),
  }
}

function checkFeatures({ driver, features, queues }: ScenarioFile): void {
  const model = DRIVER_MODELS[driver]
  if (queues > 1 && !model.hasQueues) throw new ScenarioError('queues', `the ${driver} driver has one queue`)
  const wanted = features.max_indirect_segments
  if (negotiatedIndirectSegments(model, wanted, wanted) !== wanted)
    throw new ScenarioError(
      'features.max_indirect_segments',
      `the ${driver} driver takes ${wanted} for none: write 0, or 12 and more`,
    )
  if (features.bounce && !features.persistent && driver !== 'modern')
    throw new ScenarioError('features.bounce', `the ${driver} driver copies data for persistent grants only`)
  if (features.secure_discard && !features.discard) throw new ScenarioError('features.secure_discard', 'needs features.discard')
}

function grantsOf(file: ScenarioFile): GrantTableConfig {
  const { first_gref, free_list, grant_frames } = file
  if (first_gref !== undefined && free_list !== undefined)
    throw new ScenarioError('free_list', 'first_gref stands beside it; one of the two says which references are free')
  const first = first_gref ?? GNTTAB_NR_RESERVED_ENTRIES
  const end = free_list ? free_list.reduce((most, [from, count]) => Math.max(most, from + count), 0) : first + 1
  const frames = grant_frames ?? Math.max(1, Math.ceil(end / GREFS_PER_FRAME))
  const grefs = frames * GREFS_PER_FRAME
  if (end > grefs)
    throw new ScenarioError(
      'grant_frames',
      `${count(frames, 'frame has', 'frames have')} ${grefs} references, too few for reference ${end - 1}`,
    )
  const maxFrames = file.max_grant_frames ?? Math.max(XEN_MAX_FRAMES, frames)
  if (maxFrames < frames)
    throw new ScenarioError(
      'max_grant_frames',
      `${maxFrames} is less than the ${count(frames, 'frame that exists', 'frames that exist')}`,
    )
  if (!file.unchecked) checkReserved(file)
  if (free_list) checkOverlap(free_list)
  return { freeList: free_list ?? [[first, grefs - first]], frames, maxFrames }
}

function checkReserved({ first_gref, free_list }: ScenarioFile): void {
  const problem = (gref: number) =>
    `reference ${gref} is never free: the kernel keeps 0 to ${GNTTAB_NR_RESERVED_ENTRIES - 1} for itself`
  if (first_gref !== undefined && first_gref < GNTTAB_NR_RESERVED_ENTRIES)
    throw new ScenarioError('first_gref', problem(first_gref))
  for (const [i, [first]] of (free_list ?? []).entries())
    if (first < GNTTAB_NR_RESERVED_ENTRIES) throw new ScenarioError(`free_list[${i}]`, problem(first))
}

function checkOverlap(runs: readonly (readonly [number, number])[]): void {
  const sorted = runs.map(([first, count], i) => ({ first, end: first + count, i })).sort((a, b) => a.first - b.first)
  for (let k = 1; k < sorted.length; k++) {
    const [before, run] = [sorted[k - 1]!, sorted[k]!]
    if (run.first < before.end)
      throw new ScenarioError(`free_list[${run.i}]`, `reference ${run.first} is in free_list[${before.i}] already`)
  }
}
