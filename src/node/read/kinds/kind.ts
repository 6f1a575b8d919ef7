// What every kind of input says of itself: how it is told, and how it is opened.

import type { Capture } from '../../../capture/capture.ts'
import type { DumpError } from '../../../capture/dump-error.ts'
import type { Encoding } from '../../../capture/encoding.ts'
import type { ByteSource } from '../byte-source.ts'
import type { ImageOptions, LoadedImage } from '../image-dumps.ts'
import type { Surroundings } from '../surroundings.ts'
import type { IoRingText } from './io-ring.ts'

/** What an input is said to be, whatever it looks like. */
export type ReadAs = 'text' | 'raw'

export interface OpenOptions {
  /** Pages of one ring; without it a file is one ring. */
  readonly pages?: number | undefined
  /** What files of rings are, whatever they look like; without it, their sizes and first bytes tell. */
  readonly readAs?: ReadAs | undefined
  /** The ring to be taken out of a memory image. */
  readonly ring?: RingOfImage | undefined
  /** Takes the text of io_ring as well, alone or in a dump folder. */
  readonly indices?: boolean | undefined
  /** Unpacks what is packed piece by piece: for inputs of any length, which are read with the event loop. */
  readonly asStream?: boolean | undefined
  /** Called with what cannot be read, while the rest goes on. Without it the first such error is thrown. */
  readonly onError?: ((error: DumpError) => void) | undefined
  /** Called with what a reader should know of an input, and what changes nothing. */
  readonly onNote?: ((note: string) => void) | undefined
}

export interface RingOfImage {
  /** The number of the ring as `find` counts them. */
  readonly number: number
  readonly options: ImageOptions
  /** What reads as a dump or a text is none; else everything but a folder is an image. */
  readonly sparesDumps?: boolean | undefined
  /** Called with the image that the ring was taken out of. */
  readonly onLoaded?: ((image: LoadedImage) => Promise<void> | void) | undefined
}

/** A first look at an input. */
export interface Look {
  /** The input as the user named it. */
  readonly path: string
  readonly isFolder: boolean
  /** The first bytes, unpacked: HEAD_BYTES of them where there are as many. */
  readonly head: Uint8Array
  /** The encoding of a text; undefined for what is none. */
  readonly encoding: Encoding | undefined
}

/** An input of which the kind is known. */
export interface RecognisedInput extends Look {
  readonly kind: Kind
  readonly around: Surroundings
  /** The unpacked bytes from the first on; empty of a folder. */
  readonly source: ByteSource
  /** The bytes as they lie there. */
  readonly packed: ByteSource
}

/** What an input holds. */
export interface Content {
  /** The rings of each queue, from the first moment to the last. */
  readonly queues: readonly Iterable<Capture>[]
  /** Indices that only one end knows, of one moment of the first queue. @throws DumpError where they cannot be read */
  readonly indices?: (() => IoRingText) | undefined
}

export interface Kind {
  /** Whether an input looks like one. */
  looks(look: Look, options: OpenOptions): boolean
  /** What `--text` takes. */
  readonly isText?: boolean
  /** Bytes that are read before it is opened, where they may have to be waited for: the most that one has. */
  readonly ahead?: number
  /**
   * What is said of whole pages that look like one: they are a ring's, whatever they spell, since a guest writes what it likes
   * into its pages. Undefined for what is of this kind all the same.
   */
  inPages?(look: Look, size: number): string | undefined
  /** Opens an input of this kind. @throws DumpError */
  open(found: RecognisedInput, options: OpenOptions): Content
  /** Opens it in place of `open` where there is time to wait. @throws DumpError */
  openLater?(found: RecognisedInput, options: OpenOptions): Promise<Content>
}
