// A disk image as bytes: what is one is told from what only looks like one.
import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { io } from '../write/output-file.ts'

const SECTOR = 512
/** As much is looked at of the beginning. */
const HEAD_BYTES = 64

/** Images that are no raw bytes of a disk, by what they begin with. */
const FORMATS: readonly { readonly name: string; readonly magic: string; readonly at?: number; readonly qemu: string }[] = [
  { name: 'qcow2', magic: 'QFI\xfb', qemu: 'qcow2' },
  { name: 'qed', magic: 'QED\0', qemu: 'qed' },
  { name: 'vmdk', magic: 'KDMV', qemu: 'vmdk' },
  { name: 'vmdk', magic: '# Disk Descriptor', qemu: 'vmdk' },
  { name: 'vhdx', magic: 'vhdxfile', qemu: 'vhdx' },
  { name: 'vhd', magic: 'conectix', qemu: 'vpc' },
  { name: 'vdi', magic: '\x7f\x10\xda\xbe', at: 0x40 - 4, qemu: 'vdi' },
]

/** A raw disk image that can be read. */
export interface RawImage {
  /** As the user named it. */
  readonly name: string
  readonly bytes: number
  readonly stat: Stats
}

/**
 * Looks whether a file is a raw image of a disk.
 * @param writable it is to be changed in its place
 * @throws DumpError for a folder, a device, another format, a file that cannot be read, or not be written
 */
export function rawImageAt(name: string, writable: boolean): RawImage {
  const stat = io(name, () => statSync(name))
  if (stat.isDirectory()) throw new DumpError(name, 'is a folder', 'name the file that holds the disk')
  if (!stat.isFile()) throw new DumpError(name, `is ${kindOf(stat)}, and no file`, 'copy the disk to a file, and name that')
  const head = io(name, () => headOf(name))
  for (const { name: format, magic, at = 0, qemu } of FORMATS)
    if (head.subarray(at, at + magic.length).equals(Buffer.from(magic, 'latin1')))
      throw new DumpError(
        name,
        `is a ${format} image, and no raw one`,
        `qemu-img convert -f ${qemu} -O raw IMAGE disk.raw makes one`,
      )
  if (stat.size < SECTOR) throw new DumpError(name, `has ${stat.size} bytes, and a disk one sector of ${SECTOR} at the least`)
  if (writable) io(name, () => accessSync(name, constants.W_OK))
  return { name, bytes: stat.size, stat }
}

function kindOf(stat: Stats): string {
  if (stat.isBlockDevice()) return 'a block device'
  if (stat.isCharacterDevice()) return 'a character device'
  return stat.isFIFO() ? 'a pipe' : 'a socket'
}

function headOf(name: string): Buffer {
  const fd = openSync(name, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    readSync(fd, head, 0, HEAD_BYTES, 0)
    return head
  } finally {
    closeSync(fd)
  }
}
