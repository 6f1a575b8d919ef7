import type { Abi } from './abi.ts'
import { annotate, nameOf } from './annotate.ts'
import type { CType } from './c-types.ts'
import { count } from './count.ts'
import { CodecError } from './errors.ts'
import { sizeOf } from './layout.ts'

/** Throws the error of a short buffer, naming the first field that is not whole. */
export function checkLength(type: CType, abi: Abi, bytes: Uint8Array, at = 0, path = nameOf(type)): void {
  if (at + sizeOf(type, abi) <= bytes.length) return
  for (const range of annotate(type, abi, at, path)) {
    const left = Math.max(0, bytes.length - range.offset)
    if (left >= range.size) continue
    throw new CodecError(range.path, range.offset, `needs ${count(range.size, 'byte')}, ${left} left`)
  }
}
