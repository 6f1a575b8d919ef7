// What `answer` writes: the answered rings and a changed disk, whole or not at all.
import { readFileSync } from 'node:fs'
import { type AnsweredRing, answerRing, type GuestData } from '../../blkback/index.ts'
import type { DecodedRing } from '../../capture/decoded-ring.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { dataName, indirectName, queueFolder, RING, XENSTORE } from '../../capture/dump-names.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { FileDisk } from '../../node/disk/file-disk.ts'
import { copyImage } from '../../node/disk/image-copy.ts'
import { ImageWriter } from '../../node/disk/image-writer.ts'
import type { RawImage } from '../../node/disk/raw-image.ts'
import { FolderWriter } from '../../node/write/write-folder.ts'
import { cleaningUp } from '../../terminal/signals.ts'
import { deviceText } from '../../xenstore/write.ts'
import type { AnswerCommandOptions } from './options.ts'

/** The disk in the folder that is written. */
const DISK = 'disk.img'

/** What was written. */
export interface Written {
  readonly folder: string | undefined
  /** The image that was changed; undefined where no request changes the disk. */
  readonly disk: string | undefined
}

/** Whether the disk is another afterwards, as far as the requests tell. */
export function changesDisk({ requests }: AnsweredRing): boolean {
  return requests.some(({ status, writes, touches }) => status === 0 && writes && (touches?.length ?? 0) > 0)
}

/** @returns undefined where nothing was to be written @throws DumpError where it cannot be: nothing is then, but for a disk that is changed where its folder could not be put in place */
export async function writeAnswers(
  rings: readonly DecodedRing[],
  answered: readonly AnsweredRing[],
  image: RawImage,
  options: AnswerCommandOptions,
): Promise<Written | undefined> {
  const { output, write } = options
  const changes = answered.some(changesDisk)
  if (output === undefined && !(write && changes)) return undefined
  const folder = output === undefined ? undefined : new FolderWriter(output, { replace: 'never' })
  let writer: ImageWriter | undefined
  const discard = () => {
    writer?.discard()
    folder?.discard()
  }
  return cleaningUp(discard, async () => {
    try {
      writer = write && changes ? new ImageWriter(image) : undefined
      const place = changes ? (writer ? await writer.copy() : await copyInto(folder!, image, output!)) : image.name
      const disk = new FileDisk(place, image.name, changes ? 'r+' : 'r')
      try {
        for (const [n, ring] of rings.entries()) answerInto(folder, disk, ring, { n, of: rings.length, image, options })
        if (changes) disk.sync()
      } finally {
        disk.close()
      }
      // A disk that is changed without the folder can be answered once more; a folder that says so of a disk that is not, cannot be undone.
      writer?.commit()
      folder?.commit()
      return { folder: output, disk: changes ? (write ? image.name : `${output}/${DISK}`) : undefined }
    } finally {
      discard()
    }
  })
}

async function copyInto(folder: FolderWriter, image: RawImage, output: string): Promise<string> {
  const place = folder.placeOf(DISK)
  await copyImage(image.name, place, image.bytes, `${output}/${DISK}`)
  return place
}

interface Place {
  readonly n: number
  readonly of: number
  readonly image: RawImage
  readonly options: AnswerCommandOptions
}

/** Answers one ring for good, and writes it with what its reads filled. */
function answerInto(folder: FolderWriter | undefined, disk: FileDisk, ring: DecodedRing, { n, of, image, options }: Place): void {
  const { capture } = ring
  const below = of === 1 ? '' : `${capture.queue === undefined ? `ring-${n}` : queueFolder(capture.queue)}/`
  if (folder && below !== '') folder.mkdir(below)
  const pages = new AnsweredPages(capture.dataPages, folder, below)
  const { backend, reversed } = options
  const { bytes, requests, decoded } = answerRing(ring, { backend, reversed, data: pages, diskBytes: image.bytes, store: disk })
  if (!folder) return
  pages.flush()
  folder.write(`${below}${RING}`, bytes)
  for (const { slot } of requests)
    if (slot.request.kind === 'indirect')
      for (const gref of slot.request.indirect_grefs) {
        const page = decoded.capture.indirectPages.get(gref)
        if (page) folder.write(`${below}${indirectName(gref)}`, page)
      }
  if (capture.xenstore && n === 0) folder.write(XENSTORE, deviceText(capture.xenstore))
}

/** As many pages are kept in memory. */
const MAX_KEPT = 1024

/** Pages of data as a backend fills them: those beside the ring, and where none is there, new ones. What is filled is written. */
class AnsweredPages implements GuestData {
  readonly #given: GuestPages | undefined
  readonly #folder: FolderWriter | undefined
  readonly #below: string
  readonly #kept = new Map<number, Uint8Array>()
  readonly #written = new Set<number>()

  constructor(given: GuestPages | undefined, folder: FolderWriter | undefined, below: string) {
    this.#given = given
    this.#folder = folder
    this.#below = below
  }

  get(gref: number, fill: boolean): Uint8Array | undefined {
    const kept = this.#kept.get(gref)
    if (kept) return kept
    const given = this.#written.has(gref) ? this.#readBack(gref) : this.#given?.get(gref)
    if (!fill || !this.#folder) return given
    if (this.#kept.size >= MAX_KEPT) this.flush()
    const page = new Uint8Array(XEN_PAGE_SIZE)
    if (given) page.set(given.subarray(0, XEN_PAGE_SIZE))
    this.#kept.set(gref, page)
    return page
  }

  /** Writes what was filled. */
  flush(): void {
    for (const [gref, page] of this.#kept) {
      this.#folder?.write(this.#below + dataName(gref), page)
      this.#written.add(gref)
    }
    this.#kept.clear()
  }

  #readBack(gref: number): Uint8Array {
    const place = this.#folder!.placeOf(this.#below + dataName(gref))
    try {
      return readFileSync(place)
    } catch {
      throw new DumpError(place, 'a page that was written here is gone')
    }
  }
}

type GuestPages = NonNullable<DecodedRing['capture']['dataPages']>
