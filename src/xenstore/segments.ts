// How many segments a request may have, as the two ends say.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../codec/xen/blkif.ts'
import { numberOf, type XenstoreNodes } from './nodes.ts'

/** nr_segments of a direct request is a byte. */
const MAX_SEGMENTS = 255n

/**
 * The most segments of a direct request: what both ends published as max-request-segments, where that is more than a slot holds.
 * Without the backend's node nothing is negotiated, whatever the frontend writes.
 */
export function maxRequestSegments({ frontend, backend }: XenstoreNodes): number {
  const limits = [frontend, backend].map((nodes) => numberOf(nodes, 'max-request-segments') ?? 0n)
  const [agreed] = [...limits, MAX_SEGMENTS].sort((a, b) => (a < b ? -1 : 1))
  return Math.max(BLKIF_MAX_SEGMENTS_PER_REQUEST, Number(agreed))
}

/** The most segments of a request of any kind that the backend offers; undefined where nothing is known of it. */
export function offeredSegments(nodes: XenstoreNodes | undefined): number | undefined {
  if (!nodes || nodes.backend.size === 0) return undefined
  const { backend } = nodes
  const offered = ['feature-max-indirect-segments', 'max-request-segments'].map((key) => Number(numberOf(backend, key) ?? 0n))
  return Math.max(BLKIF_MAX_SEGMENTS_PER_REQUEST, ...offered)
}
