/**
 * Rings in images of guest and host memory: which pages are rings, by their signature, the grant table and XenStore, and what their
 * requests name. Raw memory, `xl dump-core`, ELF cores, LiME, save images of Xen and kdumps are told apart. Bytes come through a `ByteReader`.
 * @module
 */

export { type Extracted, placeText } from './extracted.ts'
export { type FindOptions, type FoundImage, findRings } from './find-rings.ts'
export type { FoundTable } from './find-table.ts'
export type { DataPage, DataPages } from './follow-requests.ts'
export {
  type Doubt,
  type FoundRing,
  indirectPagesOf,
  type JoinedBy,
  lackText,
  missingOfRing,
  type NamedBy,
  protocolOfRing,
} from './found-ring.ts'
export type { FrameNumbers } from './frames.ts'
export { type Grant, GrantTable, grantTableOf, MAX_TABLE_BYTES, namedGrantTable, parseGrantTable } from './grant-table.ts'
export { ImageError, type ImageFormat, type ImageMap, pageCount, type Unread } from './image-map.ts'
export type { PagePacking, Unpackers, UnpackPage } from './kdump-pages.ts'
export type { FoundPage } from './locator.ts'
export { isKnownImage, mapImage } from './map-image.ts'
export type { MissingRing } from './name-rings.ts'
export { MAX_NAMED_RINGS, type NamedRing, namedRings, type RingsOfListing } from './named-ring.ts'
export type { ByteReader } from './reader.ts'
export { RING_SCORE, type RingScore, scoreRing } from './ring-score.ts'
