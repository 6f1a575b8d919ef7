// Where commands that make rings write them: a dump folder or a file of raw pages, which appear whole or not at all, or standard output.
import { DumpError } from '../../capture/dump-error.ts'
import { indirectName, queueFolder, RING, XENSTORE } from '../../capture/dump-names.ts'
import { FolderWriter } from '../../node/write/write-folder.ts'
import { cleaningUp } from '../../terminal/signals.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { deviceText, nodeLines } from '../../xenstore/write.ts'
import { FORCE_REPLACES } from './cures.ts'
import { openRawPages, type RawPages, severalQueues } from './raw-pages.ts'

/** A ring to be written, with what lies beside it. */
export interface RingToWrite {
  readonly bytes: Uint8Array
  readonly indirectPages: ReadonlyMap<number, Uint8Array>
  readonly queue: number | undefined
  readonly protocol: string
  readonly xenstore: XenstoreNodes | undefined
}

export interface RingOutputOptions {
  /** A folder, or for raw pages alone `NAME.bin` or `-`. */
  readonly output: string
  readonly force: boolean
}

/** @throws DumpError where the output may not be written */
export async function writeRings(rings: readonly RingToWrite[], { output, force }: RingOutputOptions): Promise<void> {
  const raw = openRawPages(output, force)
  if (raw) return whole(raw, () => writePages(raw, rings))
  const folder = new FolderWriter(output, { replace: force, cures: FORCE_REPLACES })
  await whole(folder, () => {
    writeFolder(folder, output, rings)
    folder.commit()
  })
}

/** Nothing is left of an output that does not come to its end. */
function whole(output: { discard(): void }, work: () => void): Promise<void> {
  return cleaningUp(
    () => output.discard(),
    async () => {
      try {
        work()
      } finally {
        output.discard()
      }
    },
  )
}

function writePages(raw: RawPages, rings: readonly RingToWrite[]): void {
  const queues = new Set(rings.map(({ queue }) => queue)).size
  if (queues > 1) throw severalQueues(raw.name, queues)
  for (const { bytes } of rings) raw.write(bytes)
  raw.end()
}

/** A queue has a folder, several moments of one have numbers. */
function writeFolder(folder: FolderWriter, output: string, rings: readonly RingToWrite[]): void {
  const byQueue = new Map<number | undefined, RingToWrite[]>()
  for (const ring of rings) {
    const moments = byQueue.get(ring.queue)
    if (moments) moments.push(ring)
    else byQueue.set(ring.queue, [ring])
  }
  if (byQueue.size > 1 && byQueue.has(undefined))
    throw new DumpError(output, 'some rings name a queue, and others do not', 'a folder holds either')
  for (const [queue, moments] of byQueue) {
    const below = queue === undefined ? '' : `${queueFolder(queue)}/`
    if (queue !== undefined) folder.mkdir(queueFolder(queue))
    for (const [n, { bytes, indirectPages }] of moments.entries()) {
      const own = moments.length > 1 ? `ring-${String(n).padStart(3, '0')}` : undefined
      folder.write(below + (own === undefined ? RING : `${own}.bin`), bytes)
      for (const [gref, page] of indirectPages) folder.write(below + indirectName(gref, own), page)
    }
  }
  const [first] = rings
  if (first) folder.write(XENSTORE, first.xenstore ? deviceText(first.xenstore) : knownText(first.protocol, byQueue.size))
}

/** All that is known of the device. */
function knownText(protocol: string, queues: number): string {
  const several: [string, string][] = queues > 1 ? [['multi-queue-num-queues', String(queues)]] : []
  return `${nodeLines(undefined, [['protocol', protocol], ...several]).join('\n')}\n`
}
