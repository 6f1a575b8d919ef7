/**
 * The bytes of a ring with their names, values and meanings; the picture of its slots; a walk through it with a keyboard.
 * @module
 */

export { type Browsing, type Place, press, type Rings, type Sight, sightAt, startAt } from './browse.ts'
export { type DataOwner, type DataPageView, dataGrefsInFlight, dataPageView } from './data.ts'
export {
  grefsInFlight,
  type PageOwner,
  pageBeneath,
  pageOwners,
} from './indirect.ts'
export { BINDINGS } from './keys.ts'
export { type Location, locate, locateInPage } from './locate.ts'
export { type SegmentPlace, segmentText } from './meaning.ts'
export {
  type IndexPlace,
  type Picture,
  type PictureSlot,
  type Position,
  pictureOf,
  pictureSlot,
  placeOfIndex,
  type SlotMark,
} from './picture.ts'
export { type ByteRow, ROW_BYTES, rowsOf, spotAt } from './row.ts'
export { type PageView, pageView, type Spot, spotsOf } from './spot.ts'
export { type TreeNode, treeOf, treeOfPage } from './tree.ts'
export { type Area, areaAt, areasOf, type RingView, slotArea } from './view.ts'
