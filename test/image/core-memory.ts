// The memory of dumps/image, from its core, to be written in other formats: what is found there must be what is found in the core.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { findJson } from '../../src/commands/find/json.ts'
import { type FoundImage, findRings, mapImage, namedRings, parseGrantTable } from '../../src/image/index.ts'
import { PAGE_UNPACKERS } from '../../src/node/read/page-unpackers.ts'
import { parseXenstore } from '../../src/xenstore/devices.ts'
import { BytesReader, PAGE } from './memory.ts'
import type { SavedPage } from './save-stream.ts'

const root = join(import.meta.dirname, '../../dumps/image')
const core = gunzipSync(readFileSync(join(root, 'core.gz')))
const grantTable = parseGrantTable(readFileSync(join(root, 'gnttab.bin')))!
const named = [...namedRings(parseXenstore(readFileSync(join(root, 'xenstore.txt'), 'utf8'))).devices.keys()]
export const find = (bytes: Uint8Array, sized = true) =>
  findRings(new BytesReader(bytes, sized), { grantTable, named, dataPages: true, unpackers: PAGE_UNPACKERS })

/** The pages of a core with both their numbers, by its own table. */
export async function memoryOf(core: Buffer): Promise<SavedPage[]> {
  const { extents, table } = await mapImage(new BytesReader(core))
  return Array.from({ length: extents[0]!.pages }, (_, i) => {
    const [pfn, gmfn] = [0, 8].map((at) => Number(core.readBigUInt64LE(table!.offset + i * 16 + at))) as [number, number]
    return { pfn, gmfn, bytes: core.subarray(extents[0]!.offset + i * PAGE, extents[0]!.offset + (i + 1) * PAGE) }
  }).sort((a, b) => a.pfn - b.pfn)
}

export const memory: SavedPage[] = await memoryOf(core)

/** What was found, without where in the image it lies. */
export function foundIn(image: FoundImage) {
  const { rings, missing } = findJson(image, { source: 'x', grantTable: 'y' })
  return {
    missing,
    rings: rings.map(({ offset, offsets, indirect, data, ...ring }) => ({
      ...ring,
      indirect: indirect.map(({ gref }) => gref),
      data: data!.map(({ offset: at, ...page }) => ({ ...page, there: at !== null })),
    })),
    bytes: image.rings.map(({ bytes }) => bytes),
  }
}
export const wanted = foundIn(await find(core))
