// What an input is that does not begin as a ring.
import type { ByteSource } from './byte-source.ts'
import { DISK } from './files.ts'
import { QUICK_KINDS } from './kinds/index.ts'
import { RAW_PAGES } from './kinds/raw-pages.ts'
import { recognise } from './kinds/recognise.ts'
import { look } from './look.ts'
import { surroundingsOfFile } from './surroundings.ts'

/** The bytes of raw pages, unpacked; undefined for a text or a memory image. @throws DumpError */
export async function rawPagesIn(packed: ByteSource): Promise<ByteSource | undefined> {
  const input = { packed, isFolder: false, around: surroundingsOfFile(DISK, '-', {}) }
  const { kind, source } = await look(recognise(input, QUICK_KINDS, { asStream: true }))
  return kind === RAW_PAGES ? source : undefined
}
