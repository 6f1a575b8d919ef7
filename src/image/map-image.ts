import { count } from '../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { isElf, isElfFile, mapElf } from './elf.ts'
import { type Extent, ImageError, type ImageMap } from './image-map.ts'
import { isLime, mapLime } from './lime.ts'
import { type ByteReader, readBytes } from './reader.ts'
import { isXenSave, mapXenSave } from './xen-save.ts'

/** What begins like this is no memory image, or not one that can be read without its own tool. */
const OTHERS: readonly { readonly magic: string; readonly what: string; readonly cure: string }[] = [
  {
    magic: 'KDUMP   ',
    what: 'a compressed kdump',
    cure: 'makedumpfile -E writes an ELF core from it, and dump-guest-memory without -z, -l, -s does at once',
  },
  { magic: 'DISKDUMP', what: 'a diskdump', cure: 'crash can write an ELF core from it' },
  { magic: 'makedumpfile', what: 'a flattened kdump', cure: 'makedumpfile -R puts it together; dump with -E' },
  {
    magic: 'QEVM',
    what: 'a QEMU migration stream (virsh save, savevm)',
    cure: 'dump-guest-memory or virsh dump --memory-only writes an ELF core',
  },
  { magic: 'LibvirtQemudSave', what: 'a libvirt save image', cure: 'virsh dump --memory-only writes an ELF core' },
]

/** The magic of a QEMU save image is the only one that a page of memory might well begin with, too. */
const HEAD = XEN_PAGE_SIZE

/**
 * Finds where the pages lie in an image: an `xl dump-core`, an ELF core, LiME, else raw memory from its first byte on.
 * @throws ImageError where there are none
 */
export async function mapImage(reader: ByteReader): Promise<ImageMap> {
  const head = await readBytes(reader, 0, HEAD)
  const map = isElf(head)
    ? ((await mapElf(reader, head)) ??
      mapRaw(reader, head, ['its first page begins an ELF file that is no core: all is taken for memory']))
    : isLime(head)
      ? await mapLime(reader)
      : isXenSave(head)
        ? await mapXenSave(reader)
        : mapRaw(reader, head)
  if (map.extents.length === 0) throw new ImageError('no whole page of memory in it', 'a page has 4096 bytes')
  return map
}

/** True of what `mapImage` knows by its first bytes: raw memory has none of its own. */
export function isKnownImage(head: Uint8Array): boolean {
  return isElfFile(head) || isLime(head) || isXenSave(head)
}

function mapRaw({ size }: ByteReader, head: Uint8Array, notes: string[] = []): ImageMap {
  const text = String.fromCharCode(...head.subarray(0, 32))
  const other = OTHERS.find(({ magic }) => text.startsWith(magic))
  if (other) throw new ImageError(other.what, other.cure)
  if (size !== undefined && size % XEN_PAGE_SIZE)
    notes.push(`the last ${count(size % XEN_PAGE_SIZE, 'byte is', 'bytes are')} no whole page`)
  // Where the size is not known the pages end where the reading does.
  const pages = size === undefined ? Math.floor(Number.MAX_SAFE_INTEGER / XEN_PAGE_SIZE) : Math.floor(size / XEN_PAGE_SIZE)
  const extents: Extent[] = pages > 0 ? [{ offset: 0, pages, frame: 0 }] : []
  return { format: 'raw memory', arm: undefined, extents, table: undefined, claimed: size, more: false, notes }
}
