import type { AnsweredRing, AnsweringBackend } from '../../blkback/index.ts'
import type { FileDisk } from '../../node/disk/file-disk.ts'
import type { RawImage } from '../../node/disk/raw-image.ts'
import type { Written } from './outcome.ts'

/** All that `answer` has to say. */
export interface AnswerResult {
  readonly image: RawImage
  readonly backend: AnsweringBackend
  readonly rings: readonly AnsweredRing[]
  /** The disk as it was. */
  readonly disk: FileDisk
  /** Undefined where nothing was to be written. */
  readonly written: Written | undefined
}

/** As many bytes of what stands at a place of the disk are shown. */
const SHOWN = 16

/** The first bytes of a place of the disk, as they were. */
export function heldAt(disk: FileDisk, at: number): Uint8Array {
  const bytes = new Uint8Array(SHOWN)
  disk.read(at, bytes)
  return bytes
}
