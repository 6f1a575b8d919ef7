import type { ScalarName } from './c-types.ts'
import { SCALAR_READERS } from './scalar.ts'

/** A little-endian scalar: how it is read and written, and what binary-parser calls it. */
interface ScalarCoder {
  readonly schema: 'uint8' | 'uint16le' | 'int16le' | 'uint32le' | 'uint64le'
  readonly read: (view: DataView, at: number) => number | bigint
  /** @param value within `min` and `max` */
  write(view: DataView, at: number, value: number | bigint): void
  /** Bigints of a u64, numbers of all others, as its values are. */
  readonly min: number | bigint
  readonly max: number | bigint
}

export const SCALARS: Readonly<Record<ScalarName, ScalarCoder>> = {
  u8: {
    schema: 'uint8',
    read: SCALAR_READERS.u8,
    write: (view, at, value) => view.setUint8(at, Number(value)),
    min: 0,
    max: 0xff,
  },
  u16: {
    schema: 'uint16le',
    read: SCALAR_READERS.u16,
    write: (view, at, value) => view.setUint16(at, Number(value), true),
    min: 0,
    max: 0xffff,
  },
  s16: {
    schema: 'int16le',
    read: SCALAR_READERS.s16,
    write: (view, at, value) => view.setInt16(at, Number(value), true),
    min: -0x8000,
    max: 0x7fff,
  },
  u32: {
    schema: 'uint32le',
    read: SCALAR_READERS.u32,
    write: (view, at, value) => view.setUint32(at, Number(value), true),
    min: 0,
    max: 0xffff_ffff,
  },
  u64: {
    schema: 'uint64le',
    read: SCALAR_READERS.u64,
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
    min: 0n,
    max: 2n ** 64n - 1n,
  },
}
