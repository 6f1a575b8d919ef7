// `find --extract DIR`: a dump folder for each ring, all of them or none.

import { DumpError } from '../../capture/dump-error.ts'
import { indirectName, ORIGIN, queueFolder, RING, RING_TEXT, XENSTORE } from '../../capture/dump-names.ts'
import { nodesOf } from '../../capture/image-ring.ts'
import type { ByteReader, FoundRing } from '../../image/index.ts'
import type { LoadedImage } from '../../inputs/loaded-image.ts'
import { FolderWriter } from '../../node/write/write-folder.ts'
import { cleaningUp, yieldToEventLoop } from '../../terminal/signals.ts'
import { deviceText } from '../../xenstore/write.ts'
import { originText } from './origin.ts'
import { textOfPages } from './page-text.ts'
import { type Salvaged, writeData } from './salvage.ts'

export interface ExtractNames {
  readonly source: string
  readonly grantTable: string | undefined
}

/** Says before the work that its result could not be put there. @throws DumpError */
export function checkPlace(folder: string): void {
  new FolderWriter(folder, { replace: 'never' }).discard()
}

/** What was written of a ring. */
export interface ExtractedRing {
  /** Its folder, below that of all. */
  readonly place: string
  /** Its pages of data, where they were asked for. */
  readonly data: Salvaged | undefined
}

/**
 * Writes the folders, one a ring. Pages of data are written where the image was asked for them.
 * @throws DumpError if DIR exists and is not empty
 */
export async function extractRings(
  image: LoadedImage,
  folder: string,
  names: ExtractNames,
  reader?: ByteReader,
): Promise<ExtractedRing[]> {
  if (image.rings.length === 0) throw new DumpError(folder, 'no ring to put there')
  const places = placesOf(image.rings)
  const writer = new FolderWriter(folder, { replace: 'never' })
  return cleaningUp(
    () => writer.discard(),
    async () => {
      try {
        for (const place of places) writer.mkdir(place)
        const salvaged = reader ? await writeData(writer, places, image, reader) : []
        for (const [n, ring] of image.rings.entries()) {
          writeRing(writer, places[n]!, ring, image, names, { n, data: salvaged[n] })
          await yieldToEventLoop()
        }
        writer.commit()
        return places.map((place, n) => ({ place, data: salvaged[n] }))
      } finally {
        writer.discard()
      }
    },
  )
}

function writeRing(
  writer: FolderWriter,
  place: string,
  ring: FoundRing,
  image: LoadedImage,
  { source, grantTable }: ExtractNames,
  { n, data }: { readonly n: number; readonly data: Salvaged | undefined },
): void {
  // A ring without one of its pages is a text that leaves it out, which raw pages cannot.
  if (ring.offsets.includes(undefined)) writer.write(`${place}/${RING_TEXT}`, textOfPages(ring))
  else writer.write(`${place}/${RING}`, ring.bytes)
  for (const [gref, { bytes }] of ring.indirect) writer.write(`${place}/${indirectName(gref)}`, bytes)
  const nodes = nodesOf(image, ring)
  const device = place.replace(/\/queue-\d+$/, '')
  if (nodes) writer.write(`${device}/${XENSTORE}`, deviceText(nodes))
  writer.write(`${place}/${ORIGIN}`, originText(image, n, { source, grantTable, data }))
}

/** `vbd-9-51712`, with `queue-0` below it where the device has several; `ring-3` of a device that is not known. */
function placesOf(rings: readonly FoundRing[]): string[] {
  const taken = new Set<string>()
  return rings.map(({ named }, n) => {
    const device = named?.ring.device.replace(/[^\w]+/g, '-')
    const queue = named?.ring.queue === undefined ? '' : `/${queueFolder(named.ring.queue)}`
    const place = device === undefined || taken.has(device + queue) ? `ring-${n}` : device + queue
    taken.add(place)
    return place
  })
}
