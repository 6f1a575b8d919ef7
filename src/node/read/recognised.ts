// What an input is that does not begin as a ring.
import type { ByteSource } from '../../inputs/byte-source.ts'
import { QUICK_KINDS } from '../../inputs/kinds/index.ts'
import { RAW_PAGES } from '../../inputs/kinds/raw-pages.ts'
import { recognise } from '../../inputs/kinds/recognise.ts'
import { look } from '../../inputs/look.ts'
import { surroundingsOfFile } from '../../inputs/surroundings.ts'
import { DISK } from './disk.ts'

/** The bytes of raw pages, unpacked; undefined for a text or a memory image. @throws DumpError */
export async function rawPagesIn(packed: ByteSource): Promise<ByteSource | undefined> {
  const input = { packed, isFolder: false, around: surroundingsOfFile(DISK, '-', {}) }
  const { kind, source } = await look(recognise(input, QUICK_KINDS, { asStream: true }))
  return kind === RAW_PAGES ? source : undefined
}
