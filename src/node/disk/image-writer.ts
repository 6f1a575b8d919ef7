// A disk image that is changed in its place, whole or not at all: a copy is changed, and takes the place of it at the end.
import { chmodSync, chownSync, realpathSync } from 'node:fs'
import { AtomicOutput } from '../write/atomic-output.ts'
import { copyImage } from './image-copy.ts'
import type { RawImage } from './raw-image.ts'

export class ImageWriter extends AtomicOutput {
  readonly #image: RawImage
  readonly #place: string

  /** @throws OutputRefused for an image that has other names, which would keep the disk as it was */
  constructor(image: RawImage) {
    super(image.name, {})
    this.#image = image
    if (image.stat.nlink > 1)
      throw this.refusal('special', `has ${image.stat.nlink} names (hard links), of which one would be changed`, 'copy it first')
    this.#place = this.io(() => realpathSync(image.name))
    this.begin(this.#place)
  }

  /** Makes the copy. @returns its path */
  async copy(): Promise<string> {
    const building = this.building!
    const { stat, bytes } = this.#image
    await copyImage(this.#place, building, bytes, this.path)
    this.io(() => {
      chownSync(building, stat.uid, stat.gid)
      chmodSync(building, stat.mode)
    })
    return building
  }

  commit(): void {
    this.finish(this.#place)
  }
}
