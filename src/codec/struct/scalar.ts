import type { ScalarName } from './c-types.ts'

/** Read one little-endian scalar. */
export const SCALAR_READERS = {
  u8: (view: DataView, at: number) => view.getUint8(at),
  u16: (view: DataView, at: number) => view.getUint16(at, true),
  s16: (view: DataView, at: number) => view.getInt16(at, true),
  u32: (view: DataView, at: number) => view.getUint32(at, true),
  u64: (view: DataView, at: number) => view.getBigUint64(at, true),
} as const satisfies Readonly<Record<ScalarName, (view: DataView, at: number) => number | bigint>>

/** Reads one little-endian scalar; a u64 is a bigint. The bytes must hold all of it. */
export function readScalar(scalar: ScalarName, bytes: Uint8Array, at: number): number | bigint {
  return SCALAR_READERS[scalar](viewOf(bytes), at)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
