// The work of `answer`: rings and a disk in; what each request does to it out, and where it was asked for, done.
import { realpathSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { type AnsweredRing, type AnsweringBackend, answerRing, diskOfAnswers } from '../../blkback/index.ts'
import type { Capture } from '../../capture/capture.ts'
import { decodeCapture } from '../../capture/decode-capture.ts'
import type { DecodedRing } from '../../capture/decoded-ring.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { isDumpPath } from '../../capture/dump-names.ts'
import { displayName } from '../../inputs/display-name.ts'
import { FileDisk } from '../../node/disk/file-disk.ts'
import { type RawImage, rawImageAt } from '../../node/disk/raw-image.ts'
import { jsonText } from '../../print/printable.ts'
import type { Sheet } from '../../print/style.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { note } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { sectorUnitOfDisk } from '../../xenstore/disk.ts'
import { openedInputs } from '../shared/inputs.ts'
import { answerJson } from './json.ts'
import type { AnswerCommandOptions } from './options.ts'
import { changesDisk, writeAnswers } from './outcome.ts'
import { answersText } from './text.ts'

/** Answers the rings of the inputs and returns the exit code. Nothing is written where one of them cannot be read. */
export async function answerInputs(names: readonly string[], sheet: Sheet, options: AnswerCommandOptions): Promise<number> {
  const image = rawImageAt(options.image, options.write)
  for (const name of names) refuseSame(name, image)
  const rings = await ringsOf(names, options)
  for (const ring of rings) refuseSmall(ring, image, options.backend)
  const { backend, reversed } = options
  const disk = new FileDisk(options.image, options.image, 'r')
  try {
    // Nothing is moved: which bytes each request touches is known before.
    const answered = rings.map((decoded): AnsweredRing => {
      const pages = decoded.capture.dataPages
      const data = { get: (gref: number, fill: boolean) => (fill ? undefined : pages?.get(gref)) }
      return answerRing(decoded, { backend, reversed, data, diskBytes: image.bytes, store: NO_STORE })
    })
    const written = await writeAnswers(rings, answered, image, options)
    const result = { image, backend, rings: answered, disk, written }
    write(options.json ? `${jsonText(answerJson(result), 2)}\n` : answersText(result, sheet))
    const isClean = answered.every(({ requests }) => requests.every(({ status }) => status === 0))
    if (written === undefined && answered.some(changesDisk) && !options.json)
      note('nothing was written: -o DIR writes the answered ring and a changed copy of the disk')
    return isClean ? EXIT_CLEAN : EXIT_FINDINGS
  } finally {
    disk.close()
  }
}

const NO_STORE = { read() {}, write() {}, discard() {} }

/** Of a series the last moment of each ring. */
async function ringsOf(names: readonly string[], options: AnswerCommandOptions): Promise<DecodedRing[]> {
  const last = new Map<string, { readonly capture: Capture; readonly source: string }>()
  let moments = 0
  for await (const input of openedInputs(names, options, {}))
    for (const capture of input.rings()) {
      moments++
      last.set(`${input.name} ${capture.queue ?? ''}`, { capture, source: displayName(capture.source, input.name) })
    }
  if (moments > last.size) note(`of a series of moments the last is answered: ${moments - last.size} before it are not`)
  return [...last.values()].map(({ capture, source }) => {
    const unit =
      options.sectorUnit ?? (options.backend === 'qemu' && capture.xenstore ? sectorUnitOfDisk(capture.xenstore) : undefined)
    const decoded = decodeCapture({ ...capture, source }, options.abi, unit)
    const [gap] = capture.missing ?? []
    if (gap)
      throw new DumpError(source, `the bytes from ${gap.from} on are not in the input, and nobody can answer what is in them`)
    return decoded
  })
}

/** @throws DumpError where the image is an input, or a file of a dump folder that is one */
function refuseSame(name: string, { name: image, stat }: RawImage): void {
  const other = name === '-' || name === '' ? undefined : statSync(name, { throwIfNoEntry: false })
  if (!other) return
  const isFile = other.dev === stat.dev && other.ino === stat.ino
  const isMember = other.isDirectory() && isDumpPath(relative(realpathSync(name), realpathSync(image)))
  if (isFile || isMember)
    throw new DumpError(image, 'is the ring itself, or lies beside it, and is no disk', 'name the image of the disk')
}

function refuseSmall(decoded: DecodedRing, image: RawImage, backend: AnsweringBackend): void {
  const { unit, disk } = diskOfAnswers(decoded, backend, image.bytes)
  const wanted = (disk.sectors ?? 0n) * unit
  if (wanted > BigInt(image.bytes))
    throw new DumpError(
      image.name,
      `has ${image.bytes} bytes, and the disk of ${decoded.capture.source} has ${wanted}, as XenStore says`,
      'name the image of the whole disk',
    )
}
