// ELF images: `xl dump-core`, whose pages lie in sections, and cores of QEMU, virsh and /proc/vmcore, whose pages lie in PT_LOAD
// segments. Every number in a header is a claim: it is bounded before anything is read or allocated by it.

import { type Abi, x86_64 } from '../codec/struct/abi.ts'
import type { Struct, ValueOf } from '../codec/struct/c-types.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import {
  EI_CLASS,
  EI_DATA,
  ELF_MAGIC,
  ELFCLASS32,
  ELFCLASS64,
  ELFDATA2LSB,
  type ElfHeader,
  EM_AARCH64,
  EM_ARM,
  ET_CORE,
  elf32Header,
  elf32ProgramHeader,
  elf32SectionHeader,
  elf64Header,
  elf64ProgramHeader,
  elf64SectionHeader,
  PN_XNUM,
  PT_LOAD,
  PT_NOTE,
  SHT_NOBITS,
  xenDumpcoreP2m,
  xenDumpcorePfn,
} from './core-tables.ts'
import { hostNote } from './host-notes.ts'
import { type Claim, claimedBytes, extentsOf, type FrameTable, ImageError, type ImageMap, MAX_RANGES } from './image-map.ts'
import { type ByteReader, exact, readBytes } from './reader.ts'

/** ELF's structs have no field that needs padding: one layout serves all machines. */
const ABI: Abi = x86_64
/** `xl dump-core` has 7 sections; a kernel's core has none. */
const MAX_SECTIONS = 4096
/** Its section names take 72 bytes. */
const MAX_NAMES = 65_536
/** Program headers that are in memory as objects. */
const HEADERS_AT_ONCE = 128
/** A core has one segment of notes, /proc/kcore and some tools a few. */
const MAX_NOTES = 8

type ProgramHeader = ValueOf<typeof elf64ProgramHeader> | ValueOf<typeof elf32ProgramHeader>
type SectionHeader = ValueOf<typeof elf64SectionHeader> | ValueOf<typeof elf32SectionHeader>

interface Section {
  readonly name: string
  readonly offset: number
  readonly bytes: number
  readonly nobits: boolean
}

function hasMagic(head: Uint8Array): boolean {
  return ELF_MAGIC.every((byte, i) => head[i] === byte)
}

/** Whether bytes begin an ELF file, if only its e_ident: more than the magic, which raw memory may begin with as well. */
export function isElf(head: Uint8Array): boolean {
  const [wide, order] = [head[EI_CLASS] ?? 0, head[EI_DATA] ?? 0]
  return isElfFile(head) || (hasMagic(head) && [1, 2].includes(wide) && [1, 2].includes(order))
}

/** Whether bytes begin a whole ELF header: a ring's req_prod may spell the magic, but behind its indices a ring has zeros. */
export function isElfFile(head: Uint8Array): boolean {
  const type = head[EI_CLASS] === ELFCLASS32 ? elf32Header : elf64Header
  if (!hasMagic(head) || head.length < layoutOf(type, ABI).size) return false
  const { e_type, e_machine, e_version } = decode(type, ABI, head)
  return e_type !== 0 && e_machine !== 0 && e_version !== 0
}

/**
 * @param head the first bytes of the image, a page of them
 * @returns undefined of an ELF file that is no dump: a program, which the first page of raw memory may hold
 */
export async function mapElf(reader: ByteReader, head: Uint8Array): Promise<ImageMap | undefined> {
  const wide = head[EI_CLASS] === ELFCLASS64
  if (!wide && head[EI_CLASS] !== ELFCLASS32)
    throw new ImageError(`an ELF file of class ${head[EI_CLASS]}, which is neither 32 nor 64 bits`)
  if (head[EI_DATA] !== ELFDATA2LSB) throw new ImageError('an ELF file of a big-endian machine', 'Xen runs on little-endian ones')
  const headerType = wide ? elf64Header : elf32Header
  if (head.length < layoutOf(headerType, ABI).size) throw new ImageError('an ELF file that ends within its header')
  const header = decode(headerType, ABI, head)
  const arm = header.e_machine === EM_AARCH64 || header.e_machine === EM_ARM
  const notes: string[] = []
  const sections = await readSections(reader, header, wide, notes)
  const pages = sections.find(({ name }) => name === '.xen_pages')
  if (pages) return mapDumpCore(reader, pages, sections, arm, notes)
  if (header.e_type !== ET_CORE) return undefined
  const { claims, notesAt, more } = await readSegments(reader, header, wide, notes)
  for (const { offset, bytes } of notesAt.slice(0, MAX_NOTES)) {
    const note = await hostNote(reader, offset, bytes)
    if (note !== undefined && !notes.includes(note)) notes.push(note)
  }
  const claimed = claimedBytes(claims)
  const extents = extentsOf(claims, reader.size, notes)
  if (extents.length === 0)
    throw new ImageError('an ELF file without memory in it: no .xen_pages, and no PT_LOAD with bytes in the file')
  return { format: 'ELF core', arm, extents, table: undefined, claimed, more, notes }
}

function mapDumpCore(reader: ByteReader, pages: Section, sections: readonly Section[], arm: boolean, notes: string[]): ImageMap {
  if (pages.nobits) throw new ImageError('.xen_pages is empty')
  const extents = extentsOf([{ offset: pages.offset, bytes: pages.bytes, address: undefined }], reader.size, notes)
  const held = Math.floor(pages.bytes / XEN_PAGE_SIZE)
  const table = tableOf(sections, 'p2m', reader.size) ?? tableOf(sections, 'pfn', reader.size)
  if (!table) notes.push('no .xen_p2m and no .xen_pfn: grant references cannot be followed')
  else if (table.entries < held) notes.push(`.xen_${table.kind} names ${table.entries} of ${held} pages`)
  // Pages that only the table has are not in the image either.
  const claimed = Math.max(pages.bytes, whole(sections, table) * XEN_PAGE_SIZE)
  return { format: 'xl dump-core', arm, extents, table, claimed, more: false, notes }
}

/** Entries of the table as its section says, whether they are there or not. */
function whole(sections: readonly Section[], table: FrameTable | undefined): number {
  const section = table && sections.find(({ name }) => name === `.xen_${table.kind}`)
  return section ? Math.floor(section.bytes / entrySize(table.kind)) : 0
}

function tableOf(sections: readonly Section[], kind: FrameTable['kind'], size: number | undefined): FrameTable | undefined {
  const found = sections.find(({ name, nobits }) => name === `.xen_${kind}` && !nobits)
  if (!found || (size !== undefined && found.offset >= size)) return undefined
  const bytes = size === undefined ? found.bytes : Math.min(found.bytes, size - found.offset)
  return { kind, offset: found.offset, entries: Math.floor(bytes / entrySize(kind)) }
}

/** Bytes of an entry of the table. */
export function entrySize(kind: FrameTable['kind']): number {
  return layoutOf(kind === 'p2m' ? xenDumpcoreP2m : xenDumpcorePfn, ABI).size
}

async function readSections(reader: ByteReader, header: ElfHeader, wide: boolean, notes: string[]): Promise<Section[]> {
  const { e_shnum, e_shentsize, e_shstrndx } = header
  const at = exact(header.e_shoff)
  if (at === undefined || at === 0 || e_shnum === 0 || e_shnum > MAX_SECTIONS) return []
  const headers = await readTable(reader, at, e_shnum, e_shentsize, wide ? elf64SectionHeader : elf32SectionHeader)
  const names = headers[e_shstrndx] && (await readNames(reader, headers[e_shstrndx]))
  if (!names || names.length === 0) return unnamed(headers, notes)
  return headers.flatMap(({ sh_name, sh_type, sh_offset, sh_size }) => {
    const [offset, bytes] = [exact(sh_offset), exact(sh_size)]
    if (offset === undefined || bytes === undefined) return []
    return [{ name: nameAt(names, sh_name), offset, bytes, nobits: sh_type === SHT_NOBITS }]
  })
}

const ENTRIES: readonly { readonly name: string; readonly size: number }[] = [
  { name: '.xen_pages', size: XEN_PAGE_SIZE },
  { name: '.xen_p2m', size: layoutOf(xenDumpcoreP2m, ABI).size },
  { name: '.xen_pfn', size: layoutOf(xenDumpcorePfn, ABI).size },
]

/** `xl dump-core` writes the names last: of an image that was cut short, sections are known by the size of their entries. */
function unnamed(headers: readonly SectionHeader[], notes: string[]): Section[] {
  const known = headers.flatMap(({ sh_offset, sh_size, sh_entsize, sh_type }) => {
    const [offset, bytes, entry] = [exact(sh_offset), exact(sh_size), exact(sh_entsize)]
    const named = ENTRIES.find(({ size }) => size === entry)?.name
    return named === undefined || offset === undefined || bytes === undefined
      ? []
      : [{ name: named, offset, bytes, nobits: sh_type === SHT_NOBITS }]
  })
  if (known.length > 0) notes.push('the names of its sections are not in the image: they are taken by the size of their entries')
  return known.sort((a, b) => b.bytes - a.bytes)
}

async function readNames(reader: ByteReader, { sh_offset, sh_size }: SectionHeader): Promise<Uint8Array | undefined> {
  const [offset, bytes] = [exact(sh_offset), exact(sh_size)]
  if (offset === undefined || bytes === undefined || bytes > MAX_NAMES) return undefined
  return readBytes(reader, offset, bytes)
}

function nameAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at)
  return String.fromCharCode(...names.subarray(at, end < 0 ? at : Math.min(end, at + 64)))
}

interface Segments {
  readonly claims: Claim[]
  /** Where its notes lie. */
  readonly notesAt: readonly { readonly offset: number; readonly bytes: number }[]
  /** Not all program headers are there. */
  readonly more: boolean
}

async function readSegments(reader: ByteReader, header: ElfHeader, wide: boolean, notes: string[]): Promise<Segments> {
  const at = exact(header.e_phoff)
  if (at === undefined || at === 0 || header.e_phnum === 0) return { claims: [], notesAt: [], more: false }
  const count = header.e_phnum === PN_XNUM ? await extendedCount(reader, header, wide) : header.e_phnum
  if (count > MAX_RANGES)
    throw new ImageError(`${count} program headers: more than ${MAX_RANGES}, which no dump has`, 'the ELF header is damaged')
  const type = wide ? elf64ProgramHeader : elf32ProgramHeader
  const claims: Claim[] = []
  const notesAt: { offset: number; bytes: number }[] = []
  let more = false
  for (let read = 0; read < count; ) {
    const wanted = Math.min(HEADERS_AT_ONCE, count - read)
    const headers = await readTable(reader, at + read * header.e_phentsize, wanted, header.e_phentsize, type)
    claims.push(...headers.flatMap((header) => claimOf(header, PT_LOAD)))
    if (notesAt.length < MAX_NOTES) notesAt.push(...headers.flatMap((header) => claimOf(header, PT_NOTE)))
    read += headers.length
    if (headers.length === wanted) continue
    notes.push(`the image ends within its program headers: ${read} of ${count} are there`)
    more = true
    break
  }
  return { claims, notesAt, more }
}

/** The bytes of a segment of a type. */
function claimOf({ p_type, p_offset, p_filesz, p_paddr }: ProgramHeader, type: number): Claim[] {
  const [offset, bytes] = [exact(p_offset), exact(p_filesz)]
  if (p_type !== type || offset === undefined || bytes === undefined || exact(offset + bytes) === undefined || bytes === 0)
    return []
  // Where there is no physical address, /proc/kcore has all ones.
  return [{ offset, bytes, address: exact(p_paddr) }]
}

async function extendedCount(reader: ByteReader, header: ElfHeader, wide: boolean): Promise<number> {
  const at = exact(header.e_shoff)
  const type = wide ? elf64SectionHeader : elf32SectionHeader
  const [first] = at === undefined || at === 0 ? [] : await readTable(reader, at, 1, header.e_shentsize, type)
  return first?.sh_info ?? PN_XNUM
}

/** As many entries of a table as the image has whole; entries may be longer than their struct. */
async function readTable<T extends Struct>(
  reader: ByteReader,
  at: number,
  count: number,
  stride: number,
  type: T,
): Promise<ValueOf<T>[]> {
  const { size } = layoutOf(type, ABI)
  if (stride < size) throw new ImageError(`${type.name} of ${stride} bytes, which has ${size}`, 'the ELF header is damaged')
  if (reader.size !== undefined && at >= reader.size) return []
  const bytes = await readBytes(reader, at, Math.min(count * stride, reader.size === undefined ? count * stride : reader.size - at))
  const whole = Math.min(count, Math.floor((bytes.length - size) / stride) + 1)
  return Array.from({ length: Math.max(0, whole) }, (_, i) => decode(type, ABI, bytes, i * stride))
}
