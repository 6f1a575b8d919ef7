import { count } from '../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { isElf, isElfFile, mapElf } from './elf.ts'
import { isFlattened, unflatten } from './flattened.ts'
import { type Extent, ImageError, type ImageMap } from './image-map.ts'
import { isKdump, mapKdump } from './kdump.ts'
import type { Unpackers } from './kdump-pages.ts'
import { isLime, mapLime } from './lime.ts'
import { type ByteReader, readBytes } from './reader.ts'
import { isXenSave, mapXenSave } from './xen-save.ts'

const GUEST_CORE = "xl dump-core, QEMU's dump-guest-memory and virsh dump --memory-only write the memory"
const VMWARE = 'the .vmem beside it is the memory; vmss2core writes a core from both'
const WINDOWS =
  'xl dump-core of the guest also has what Windows leaves out; WinDbg prints the pages of the ring, which decode reads'

/** What begins like this is no memory image, or not one that can be read without its own tool. */
const OTHERS: readonly { readonly magic: string; readonly what: string; readonly cure: string }[] = [
  { magic: 'DISKDUMP', what: 'a diskdump', cure: 'crash can write an ELF core from it' },
  {
    magic: 'QEVM',
    what: 'a QEMU migration stream (virsh save, savevm)',
    cure: 'dump-guest-memory or virsh dump --memory-only writes an ELF core',
  },
  { magic: 'QFI\xfb', what: 'a qcow2 disk, in which savevm puts memory', cure: GUEST_CORE },
  { magic: 'KDMV', what: 'a VMDK disk', cure: VMWARE },
  { magic: '# Disk DescriptorFile', what: 'the description of a VMDK disk', cure: VMWARE },
  { magic: '\xd2\xbe\xd2\xbe', what: 'the state of a VMware guest (.vmss, .vmsn)', cure: VMWARE },
  { magic: '\xd0\xbe\xd2\xbe', what: 'the state of a VMware guest (.vmss, .vmsn)', cure: VMWARE },
  { magic: '\xd1\xba\xd1\xba', what: 'the state of a VMware guest (.vmss, .vmsn)', cure: VMWARE },
  { magic: 'vhdxfile', what: 'a VHDX disk', cure: GUEST_CORE },
  { magic: 'conectix', what: 'a VHD disk', cure: GUEST_CORE },
  { magic: '<<< Oracle VM VirtualBox', what: 'a VDI disk', cure: 'VBoxManage debugvm VM dumpvmcore writes an ELF core' },
  { magic: 'PAGEDU64', what: 'a crash dump of Windows', cure: WINDOWS },
  { magic: 'PAGEDUMP', what: 'a crash dump of 32-bit Windows', cure: WINDOWS },
  { magic: 'AVML', what: 'an image of AVML, packed with snappy', cure: 'avml-convert writes a LiME image from it' },
  { magic: 'LibvirtQemudSave', what: 'a libvirt save image', cure: 'virsh dump --memory-only writes an ELF core' },
]

/** The magic of a QEMU save image is the only one that a page of memory might well begin with, too. */
const HEAD = XEN_PAGE_SIZE

/** The formats that are known by what they begin with; all else is raw memory. */
const FORMATS: readonly {
  begins(head: Uint8Array): boolean
  /** Undefined: it is none after all. */
  map(reader: ByteReader, head: Uint8Array, unpackers: Unpackers): Promise<ImageMap | undefined>
}[] = [
  { begins: isElf, map: mapElf },
  { begins: isLime, map: mapLime },
  { begins: isXenSave, map: mapXenSave },
  { begins: isKdump, map: (reader, _, unpackers) => mapKdump(reader, unpackers) },
]

/**
 * Finds where the pages lie in an image: an `xl dump-core`, an ELF core, LiME, a save image, a kdump, else raw memory from its first byte on.
 * @param unpackers for the pages of kdumps; those that are packed with anything else are refused
 * @throws ImageError where there are none
 */
export async function mapImage(reader: ByteReader, unpackers: Unpackers = {}): Promise<ImageMap> {
  const head = await readBytes(reader, 0, HEAD)
  if (isFlattened(head)) {
    const notes: string[] = []
    const whole = await unflatten(reader, notes)
    const inner = await readBytes(whole, 0, HEAD)
    if (isFlattened(inner)) throw new ImageError('a flattened image of a flattened image', 'makedumpfile -R puts it together')
    const map = await mapHead(whole, inner, unpackers)
    return { ...map, reader: map.reader ?? whole, more: map.more || notes.length > 0, notes: [...notes, ...map.notes] }
  }
  return mapHead(reader, head, unpackers)
}

async function mapHead(reader: ByteReader, head: Uint8Array, unpackers: Unpackers): Promise<ImageMap> {
  const format = FORMATS.find(({ begins }) => begins(head))
  const odd = format ? ['its first page begins an ELF file that is no core: all is taken for memory'] : []
  const map = (await format?.map(reader, head, unpackers)) ?? mapRaw(reader, head, odd)
  if (map.extents.length === 0) throw new ImageError('no whole page of memory in it', 'a page has 4096 bytes')
  return map
}

/** True of what `mapImage` knows by its first bytes: raw memory has none of its own. */
export function isKnownImage(head: Uint8Array): boolean {
  return isElfFile(head) || isLime(head) || isXenSave(head) || isKdump(head) || isFlattened(head)
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
