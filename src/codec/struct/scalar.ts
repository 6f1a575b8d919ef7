import type { ScalarName } from './c-types.ts'

/** Reads one little-endian scalar; a u64 is a bigint. The bytes must hold all of it. */
export function readScalar(scalar: ScalarName, bytes: Uint8Array, at: number): number | bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (scalar) {
    case 'u8':
      return view.getUint8(at)
    case 'u16':
      return view.getUint16(at, true)
    case 's16':
      return view.getInt16(at, true)
    case 'u32':
      return view.getUint32(at, true)
    case 'u64':
      return view.getBigUint64(at, true)
  }
}
