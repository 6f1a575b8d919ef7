// How inputs are to be opened.
import type { DumpError } from '../capture/dump-error.ts'
import type { SectorUnitChoice } from '../codec/ring/sector-unit.ts'
import type { Abi } from '../codec/struct/abi.ts'
import type { ImageOptions, LoadedImage } from './loaded-image.ts'

/** What an input is said to be, whatever it looks like. */
export type ReadAs = 'text' | 'raw'

export interface OpenOptions {
  /** Pages of one ring; without it a file is one ring. */
  readonly pages?: number | undefined
  /** What files of rings are, whatever they look like; without it, their sizes and first bytes tell. */
  readonly readAs?: ReadAs | undefined
  /** The ring to be taken out of a memory image. */
  readonly ring?: RingOfImage | undefined
  /** Takes what texts say of rings in words as well: io_ring, alone or in a dump folder, structs as debuggers print them. */
  readonly indices?: boolean | undefined
  /** Takes texts as well that have no ring in them, and say something of one. */
  readonly statements?: boolean | undefined
  /** How memory images are searched of which every ring is taken, and who is told of each. */
  readonly image?: ImageOptions | undefined
  readonly onImage?: ((image: LoadedImage) => Promise<void> | void) | undefined
  /** Takes raw pages for a ring only where they begin like one. */
  readonly mustBegin?: boolean | undefined
  /** Unpacks what is packed piece by piece: for inputs of any length, which are read with the event loop. */
  readonly asStream?: boolean | undefined
  /** Called with a file of a folder of anything of which nothing is known, and why. Without it that is an error like others. */
  readonly onUnknown?: ((error: DumpError) => void) | undefined
  /** Called with what cannot be read, while the rest goes on. Without it the first such error is thrown. */
  readonly onError?: ((error: DumpError) => void) | undefined
  /** Called with what a reader should know of an input, and what changes nothing. */
  readonly onNote?: ((note: string) => void) | undefined
}

/** How inputs are read, as a user says it. */
export interface InputOptions extends Pick<OpenOptions, 'pages' | 'readAs' | 'ring'> {
  /** The ABI that was asked for; undefined is the one that XenStore names, or that the bytes look like. */
  readonly abi: Abi | undefined
  /** What sectors count in; undefined where nobody says it, which is 512 bytes. */
  readonly sectorUnit?: SectorUnitChoice | undefined
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
