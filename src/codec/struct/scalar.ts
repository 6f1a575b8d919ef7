import type { ScalarName } from './c-types.ts'

/** A little-endian scalar: how it is read and written, and what binary-parser calls it. */
interface ScalarCoder {
  readonly schema: 'uint8' | 'uint16le' | 'int16le' | 'uint32le' | 'uint64le'
  read(view: DataView, at: number): number | bigint
  /** @param value within `min` and `max` */
  write(view: DataView, at: number, value: number | bigint): void
  /** Bigints of a u64, numbers of all others, as its values are. */
  readonly min: number | bigint
  readonly max: number | bigint
}

export const SCALARS: Readonly<Record<ScalarName, ScalarCoder>> = {
  u8: {
    schema: 'uint8',
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, Number(value)),
    min: 0,
    max: 0xff,
  },
  u16: {
    schema: 'uint16le',
    read: (view, at) => view.getUint16(at, true),
    write: (view, at, value) => view.setUint16(at, Number(value), true),
    min: 0,
    max: 0xffff,
  },
  s16: {
    schema: 'int16le',
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, value) => view.setInt16(at, Number(value), true),
    min: -0x8000,
    max: 0x7fff,
  },
  u32: {
    schema: 'uint32le',
    read: (view, at) => view.getUint32(at, true),
    write: (view, at, value) => view.setUint32(at, Number(value), true),
    min: 0,
    max: 0xffff_ffff,
  },
  u64: {
    schema: 'uint64le',
    read: (view, at) => view.getBigUint64(at, true),
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
    min: 0n,
    max: 2n ** 64n - 1n,
  },
}

/** Reads one little-endian scalar; a u64 is a bigint. The bytes must hold all of it. */
export function readScalar(scalar: ScalarName, bytes: Uint8Array, at: number): number | bigint {
  return SCALARS[scalar].read(viewOf(bytes), at)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
