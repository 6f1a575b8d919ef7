// `find --extract DIR --data`: the pages of data that requests in flight name, beside their rings.
import { dataName } from '../../capture/dump-names.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { ByteReader, FoundImage } from '../../image/index.ts'
import type { FolderWriter } from '../../node/write/write-folder.ts'
import { count } from '../../print/text.ts'
import { yieldToEventLoop } from '../../terminal/signals.ts'

/** The pages of data of one ring. */
export interface Salvaged {
  /** References whose pages were written, each once. */
  readonly pages: readonly number[]
  /** Those of which the image has no page, or no table says where it is. */
  readonly missing: readonly number[]
}

/** The most that is written: a page for each of the segments that are followed (`dataPagesOf`), which hold 256 MiB. */
interface Wanted {
  readonly ring: number
  readonly gref: number
}

/**
 * Writes `data-GREF.bin` for each page that the image has, in the order in which they lie there: one pass, one page in memory.
 * @param places the folder of each ring
 */
export async function writeData(
  writer: FolderWriter,
  places: readonly string[],
  { data }: FoundImage,
  reader: ByteReader,
): Promise<Salvaged[]> {
  const wanted = new Map<number, Wanted[]>()
  const found = places.map(() => ({ pages: [] as number[], missing: [] as number[] }))
  for (const [ring, list] of (data?.pages ?? []).entries())
    for (const [gref, offset] of new Map(list.map((page) => [page.gref, page.offset]))) {
      if (offset === undefined) found[ring]!.missing.push(gref)
      else wanted.set(offset, [...(wanted.get(offset) ?? []), { ring, gref }])
    }
  const page = new Uint8Array(XEN_PAGE_SIZE)
  for (const [offset, names] of [...wanted].sort(([a], [b]) => a - b)) {
    const whole = (await reader.read(offset, page)) === XEN_PAGE_SIZE
    for (const { ring, gref } of names) {
      if (whole) writer.write(`${places[ring]!}/${dataName(gref)}`, page)
      found[ring]![whole ? 'pages' : 'missing'].push(gref)
    }
    await yieldToEventLoop()
  }
  for (const { pages, missing } of found) for (const list of [pages, missing]) list.sort((a, b) => a - b)
  return found
}

const SHOWN = 8

/** `312 data pages (1248 KiB)`, and which are not in the image. */
export function salvagedText({ pages, missing }: Salvaged): string {
  const written = `${count(pages.length, 'data page')} (${(pages.length * XEN_PAGE_SIZE) / 1024} KiB)`
  if (missing.length === 0) return written
  const more = missing.length - SHOWN
  const named = `gref ${missing.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${written}; ${missing.length} not in the image: ${named}`
}
