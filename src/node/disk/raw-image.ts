// A disk image as bytes: what is one is told from what only looks like one.
import { accessSync, closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync, writeSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { ioProblem } from '../io-problem.ts'

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
  const stat = on(name, () => statSync(name))
  if (stat.isDirectory()) throw new DumpError(name, 'is a folder', 'name the file that holds the disk')
  if (!stat.isFile()) throw new DumpError(name, `is ${kindOf(stat)}, and no file`, 'copy the disk to a file, and name that')
  const head = on(name, () => headOf(name))
  for (const { name: format, magic, at = 0, qemu } of FORMATS)
    if (head.subarray(at, at + magic.length).equals(Buffer.from(magic, 'latin1')))
      throw new DumpError(
        name,
        `is a ${format} image, and no raw one`,
        `qemu-img convert -f ${qemu} -O raw IMAGE disk.raw makes one`,
      )
  if (stat.size < SECTOR) throw new DumpError(name, `has ${stat.size} bytes, and a disk one sector of ${SECTOR} at the least`)
  if (writable) on(name, () => accessSync(name, constants.W_OK))
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

function on<T>(name: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(name, ioProblem(error))
  }
}

/** Zeros are written as much as this at once, and looked for as much. */
const CHUNK = 2 ** 20
const ZEROS = new Uint8Array(CHUNK)

/** As many bytes of a disk are zeroed by discards; what goes beyond that keeps its bytes, as a discard allows. */
const MAX_ZEROED = 2 ** 28

/** The bytes of a disk in an open file. */
export class FileDisk {
  readonly #name: string
  readonly #fd: number
  #zeroed = 0

  /** @param name what the user calls it */
  constructor(path: string, name: string, flags: 'r' | 'r+') {
    this.#name = name
    this.#fd = on(name, () => openSync(path, flags))
  }

  get bytes(): number {
    return on(this.#name, () => fstatSync(this.#fd)).size
  }

  /** What lies behind the end of the file reads as zeros. */
  read(at: number, into: Uint8Array): void {
    let done = this.#readAt(at, into, 0)
    while (done < into.length) {
      const more = this.#readAt(at + done, into, done)
      if (more === 0) break
      done += more
    }
    if (done < into.length) into.fill(0, done)
  }

  write(at: number, from: Uint8Array): void {
    try {
      let done = writeSync(this.#fd, from, 0, from.length, at)
      while (done < from.length) done += writeSync(this.#fd, from, done, from.length - done, at + done)
    } catch (error) {
      throw new DumpError(this.#name, ioProblem(error))
    }
  }

  /** Zeros, where there are others, up to 256 MiB in all. */
  discard(at: number, length: number): void {
    const end = at + Math.min(length, MAX_ZEROED - this.#zeroed)
    this.#zeroed += Math.max(0, end - at)
    const found = new Uint8Array(Math.min(CHUNK, Math.max(0, end - at)))
    for (let from = at; from < end; from += CHUNK) {
      const part = found.subarray(0, Math.min(CHUNK, end - from))
      this.read(from, part)
      if (Buffer.compare(part, ZEROS.subarray(0, part.length)) !== 0) this.write(from, ZEROS.subarray(0, part.length))
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  #readAt(at: number, into: Uint8Array, from: number): number {
    try {
      return readSync(this.#fd, into, from, into.length - from, at)
    } catch (error) {
      throw new DumpError(this.#name, ioProblem(error))
    }
  }
}
