// What stood in memory before a driver's first request: of a guest that runs for a while that is neither zero nor known to the emulation.
import type { HeldBytes, ScenarioConfig } from './config.ts'
import type { Queue } from './driver-state.ts'
import { Shadow } from './shadow.ts'

/** Gives the queue of a connected device the ids, and the ring the bytes, that its configuration says were there. */
export function putBefore(queue: Queue, { freeIds, held }: ScenarioConfig): void {
  const { ring } = queue
  if (freeIds) queue.shadow = new Shadow(ring.geometry.nr_ents, freeIds)
  if (!held) return
  queue.held = held
  lay(held, undefined, ring.bytes)
}

/** Lays what is held of a page over it. @param page grant reference of a page of segments; undefined is the ring */
export function lay(held: readonly HeldBytes[], page: number | undefined, over: Uint8Array): void {
  for (const { page: own, at, bytes } of held) if (own === page) over.set(bytes, at)
}
