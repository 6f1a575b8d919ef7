// The pages of a ring as a text of xxd, for what raw pages cannot say: that some are not there.
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { FoundRing } from '../../image/index.ts'

const PER_LINE = 16

/** A line for 16 bytes, as `xxd -g 1` writes them; pages that the image does not have are left out. */
export function textOfPages({ bytes, offsets }: Pick<FoundRing, 'bytes' | 'offsets'>): string {
  const lines: string[] = []
  for (const [page, offset] of offsets.entries()) {
    if (offset === undefined) continue
    for (let at = page * XEN_PAGE_SIZE; at < (page + 1) * XEN_PAGE_SIZE; at += PER_LINE)
      lines.push(lineOf(at, bytes.subarray(at, at + PER_LINE)))
  }
  return lines.map((line) => `${line}\n`).join('')
}

function lineOf(at: number, bytes: Uint8Array): string {
  const words = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const text = [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  return `${at.toString(16).padStart(8, '0')}: ${words}  ${text}`
}
