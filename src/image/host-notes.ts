// The notes of a vmcore that tell whose it is.
import { x86_64 } from '../codec/struct/abi.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { elfNote, XEN_ELFNOTE_CRASH_INFO } from './core-tables.ts'
import { type ByteReader, readBytes } from './reader.ts'

const { size: HEADER } = layoutOf(elfNote, x86_64)
/** A host has a note of some hundred bytes for each processor; Xen's own comes behind them. */
const MAX_NOTES = 2 ** 20
const NAMES: readonly string[] = ['VMCOREINFO_XEN']

const OF_XEN =
  'a vmcore of a Xen host: it has the memory of dom0 and of all guests, by the frames of the machine; grants of guests that are not PV name frames of their own, which it does not have'

/** What the notes say of the image, for a reader; undefined where that is nothing odd. */
export async function hostNote(reader: ByteReader, at: number, length: number): Promise<string | undefined> {
  const bytes = await readBytes(reader, at, Math.min(length, MAX_NOTES))
  for (let next = 0; next + HEADER <= bytes.length; ) {
    const { n_namesz, n_descsz, n_type } = decode(elfNote, x86_64, bytes.subarray(next, next + HEADER))
    const name = String.fromCharCode(...bytes.subarray(next + HEADER, next + HEADER + Math.min(n_namesz, 32))).replace(/\0.*$/s, '')
    if ((name === 'Xen' && n_type === XEN_ELFNOTE_CRASH_INFO) || NAMES.includes(name)) return OF_XEN
    next += HEADER + Math.ceil(n_namesz / 4) * 4 + Math.ceil(n_descsz / 4) * 4
  }
  return undefined
}
