// What frontend and backend agree on, from the backend's nodes in XenStore and the driver's module parameters.

import type { BackendNodes, ModuleParameters, ScenarioConfig } from './config.ts'
import { type DriverModel, negotiatedIndirectSegments } from './driver-model.ts'

const PROCESSORS = 4

function node(nodes: BackendNodes, name: string): number {
  return Number(nodes[name] ?? 0)
}

/** The Xen pages that the driver gives a ring. */
export function negotiatedRingPages(nodes: BackendNodes, { maxRingPageOrder = 0 }: ModuleParameters): number {
  return 2 ** Math.min(maxRingPageOrder, node(nodes, 'max-ring-page-order'))
}

/** The number of queues that the driver sets up. */
export function negotiatedQueues(model: DriverModel, nodes: BackendNodes, parameters: ModuleParameters): number {
  if (!model.hasQueues) return 1
  const { processors = PROCESSORS, maxQueues = processors } = parameters
  return Math.max(1, Math.min(node(nodes, 'multi-queue-max-queues'), maxQueues, processors))
}

export type Negotiated = Pick<
  ScenarioConfig,
  'persistent' | 'bounce' | 'maxIndirectSegments' | 'featureFlush' | 'featureFua' | 'featureDiscard' | 'featureSecdiscard'
>

/**
 * What is agreed on with a backend, new or first. Discards stay on once a backend could do them; whether they may be secure is taken from a
 * backend that can discard.
 * @param before what was agreed on with the old one
 */
export function negotiated(
  model: DriverModel,
  nodes: BackendNodes,
  parameters: ModuleParameters,
  before: Pick<Negotiated, 'featureDiscard' | 'featureSecdiscard'>,
  trusted: boolean,
): Negotiated {
  const persistent = node(nodes, 'feature-persistent') !== 0
  const barrier = node(nodes, 'feature-barrier') !== 0
  const flush = node(nodes, 'feature-flush-cache') !== 0
  const discard = node(nodes, 'feature-discard') !== 0
  const secure = nodes['discard-secure']
  const takesSecure = discard && !(secure === undefined && model.keepsSecdiscardWithoutNode)
  return {
    persistent,
    bounce: persistent || (model.bouncesUntrusted && !trusted),
    maxIndirectSegments: negotiatedIndirectSegments(
      model,
      node(nodes, 'feature-max-indirect-segments'),
      parameters.maxIndirectSegments,
    ),
    featureFlush: barrier || flush,
    featureFua: barrier && !flush,
    featureDiscard: before.featureDiscard || discard,
    featureSecdiscard: takesSecure ? Number(secure ?? 0) !== 0 : before.featureSecdiscard,
  }
}
