// `find --extract DIR`: a dump folder for each ring, all of them or none.

import { DumpError } from '../../capture/dump-error.ts'
import { indirectName, ORIGIN, queueFolder, RING, RING_TEXT, XENSTORE } from '../../capture/dump-names.ts'
import { nodesOf } from '../../capture/image-ring.ts'
import type { FoundRing } from '../../image/index.ts'
import type { LoadedImage } from '../../node/read/image-dumps.ts'
import { FolderWriter } from '../../node/write/write-folder.ts'
import { cleaningUp, yieldToEventLoop } from '../../terminal/signals.ts'
import { deviceText } from '../../xenstore/write.ts'
import { originText } from './origin.ts'
import { textOfPages } from './page-text.ts'

export interface ExtractNames {
  readonly source: string
  readonly grantTable: string | undefined
}

/** Says before the work that its result could not be put there. @throws DumpError */
export function checkPlace(folder: string): void {
  new FolderWriter(folder, { replace: 'never' }).discard()
}

/** Writes the folders and returns their names below DIR, one a ring. @throws DumpError if DIR exists and is not empty */
export async function extractRings(image: LoadedImage, folder: string, names: ExtractNames): Promise<string[]> {
  if (image.rings.length === 0) throw new DumpError(folder, 'no ring to put there')
  const places = placesOf(image.rings)
  const writer = new FolderWriter(folder, { replace: 'never' })
  return cleaningUp(
    () => writer.discard(),
    async () => {
      try {
        for (const [n, ring] of image.rings.entries()) {
          writeRing(writer, places[n]!, ring, image, names, n)
          await yieldToEventLoop()
        }
        writer.commit()
        return places
      } finally {
        writer.discard()
      }
    },
  )
}

function writeRing(writer: FolderWriter, place: string, ring: FoundRing, image: LoadedImage, names: ExtractNames, n: number): void {
  writer.mkdir(place)
  // A ring without one of its pages is a text that leaves it out, which raw pages cannot.
  if (ring.offsets.includes(undefined)) writer.write(`${place}/${RING_TEXT}`, textOfPages(ring))
  else writer.write(`${place}/${RING}`, ring.bytes)
  for (const [gref, { bytes }] of ring.indirect) writer.write(`${place}/${indirectName(gref)}`, bytes)
  const nodes = nodesOf(image, ring)
  const device = place.replace(/\/queue-\d+$/, '')
  if (nodes) writer.write(`${device}/${XENSTORE}`, deviceText(nodes))
  writer.write(`${place}/${ORIGIN}`, originText(image, n, names.source, names.grantTable))
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
