import type { Abi } from '../codec/struct/abi.ts'

/** A ring that XenStore names. */
export interface NamedRing {
  /** `vbd/9/51712`: the frontend's domain and the device. */
  readonly device: string
  /** The frontend's domain, whose grant table its references are of. */
  readonly domain: string
  /** `virtual-device`, where it is a number. */
  readonly vdev: number | undefined
  /** Where the device has several. */
  readonly queue: number | undefined
  readonly abi: Abi | undefined
  /** In ring-ref order. */
  readonly refs: readonly number[]
}
