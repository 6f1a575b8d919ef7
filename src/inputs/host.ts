// Where inputs lie: this machine as Node sees it, or the memory of a browser's page.
import type { ByteSource } from './byte-source.ts'
import type { Files } from './files.ts'
import type { ImageOptions, LoadedImage } from './loaded-image.ts'

export interface Host {
  readonly files: Files
  /** Opens what an input names, also what must be waited for. @throws DumpError */
  open(path: string): ByteSource | Promise<ByteSource>
  /** The same at once. @throws DumpError */
  openNow(path: string): ByteSource
  /** Looks for the rings of a memory image; undefined where none can be read. @throws DumpError */
  readonly loadImage?: ((open: () => ByteSource, options: ImageOptions) => Promise<LoadedImage>) | undefined
  /** Text that is the same for the same bytes only. */
  digest(): Promise<(page: Uint8Array) => string>
}
