// Tables of what memory images begin with: ELF (System V ABI, elf.h), the tables of `xl dump-core` (xen/docs/misc/dump-core-format.txt),
// and LiME's range header (lime.h).
import { array, struct, u8, u16, u32, u64, type ValueOf } from '../codec/struct/c-types.ts'

const ident = array(u8, 16)

export const elf64Header = struct('Elf64_Ehdr', {
  e_ident: ident,
  e_type: u16,
  e_machine: u16,
  e_version: u32,
  e_entry: u64,
  e_phoff: u64,
  e_shoff: u64,
  e_flags: u32,
  e_ehsize: u16,
  e_phentsize: u16,
  e_phnum: u16,
  e_shentsize: u16,
  e_shnum: u16,
  e_shstrndx: u16,
})

export const elf32Header = struct('Elf32_Ehdr', {
  e_ident: ident,
  e_type: u16,
  e_machine: u16,
  e_version: u32,
  e_entry: u32,
  e_phoff: u32,
  e_shoff: u32,
  e_flags: u32,
  e_ehsize: u16,
  e_phentsize: u16,
  e_phnum: u16,
  e_shentsize: u16,
  e_shnum: u16,
  e_shstrndx: u16,
})

export const elf64ProgramHeader = struct('Elf64_Phdr', {
  p_type: u32,
  p_flags: u32,
  p_offset: u64,
  p_vaddr: u64,
  p_paddr: u64,
  p_filesz: u64,
  p_memsz: u64,
  p_align: u64,
})

export const elf32ProgramHeader = struct('Elf32_Phdr', {
  p_type: u32,
  p_offset: u32,
  p_vaddr: u32,
  p_paddr: u32,
  p_filesz: u32,
  p_memsz: u32,
  p_flags: u32,
  p_align: u32,
})

export const elf64SectionHeader = struct('Elf64_Shdr', {
  sh_name: u32,
  sh_type: u32,
  sh_flags: u64,
  sh_addr: u64,
  sh_offset: u64,
  sh_size: u64,
  sh_link: u32,
  sh_info: u32,
  sh_addralign: u64,
  sh_entsize: u64,
})

export const elf32SectionHeader = struct('Elf32_Shdr', {
  sh_name: u32,
  sh_type: u32,
  sh_flags: u32,
  sh_addr: u32,
  sh_offset: u32,
  sh_size: u32,
  sh_link: u32,
  sh_info: u32,
  sh_addralign: u32,
  sh_entsize: u32,
})

/** A note of a PT_NOTE segment; its name and its bytes follow, each padded to 4 bytes. */
export const elfNote = struct('Elf_Nhdr', {
  n_namesz: u32,
  n_descsz: u32,
  n_type: u32,
})

/** An entry of `.xen_p2m` (`struct xen_dumpcore_p2m`): the guest's own frame number, and the one that grants name. */
export const xenDumpcoreP2m = struct('xen_dumpcore_p2m', {
  pfn: u64,
  gmfn: u64,
})

/** An entry of `.xen_pfn`: in a translated guest grants name the same number. */
export const xenDumpcorePfn = struct('xen_dumpcore_pfn', {
  pfn: u64,
})

export const limeHeader = struct('lime_mem_range_header', {
  magic: u32,
  version: u32,
  /** First and last byte of physical memory, both included. */
  s_addr: u64,
  e_addr: u64,
  reserved: array(u8, 8),
})

/** `EMiL` */
export const LIME_MAGIC = 0x4c694d45
export const LIME_VERSION = 1

export const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46] as const
/** Places and values in e_ident. */
export const EI_CLASS = 4
export const EI_DATA = 5
export const ELFCLASS32 = 1
export const ELFCLASS64 = 2
export const ELFDATA2LSB = 1
/** e_type of a dump. */
export const ET_CORE = 4
export const EM_ARM = 40
export const EM_AARCH64 = 183
export const PT_LOAD = 1
export const PT_NOTE = 4
/** The type of the note that Xen leaves when it crashes (public/elfnote.h). */
export const XEN_ELFNOTE_CRASH_INFO = 0x1000001
export const SHT_NOBITS = 8
/** Program headers too many for e_phnum are counted in sh_info of section 0. */
export const PN_XNUM = 0xffff

export type ElfHeader = ValueOf<typeof elf64Header> | ValueOf<typeof elf32Header>

/** What `xl save` writes before the stream (`struct save_file_header`); its config follows. */
export const xlSaveHeader = struct('save_file_header', {
  magic: array(u8, 32),
  byteorder: u32,
  mandatory_flags: u32,
  optional_flags: u32,
  optional_data_len: u32,
})

/** Header of libxl's stream (docs/specs/libxl-migration-stream); its numbers are big-endian. */
export const libxlHeader = struct('libxl_stream_header', {
  ident: array(u8, 8),
  version: array(u8, 4),
  options: array(u8, 4),
})

/** Header of libxc's stream (docs/specs/libxc-migration-stream); its numbers are big-endian. */
export const libxcHeader = struct('libxc_image_header', {
  marker: u64,
  id: array(u8, 4),
  version: array(u8, 4),
  options: array(u8, 2),
  reserved: array(u8, 6),
})

/** Behind it, and from here on little-endian. */
export const libxcDomainHeader = struct('libxc_domain_header', {
  type: u32,
  page_shift: u16,
  reserved: u16,
  xen_major: u32,
  xen_minor: u32,
})

/** What each record of either stream begins with; its body is padded to 8 bytes. */
export const streamRecord = struct('stream_record_header', {
  type: u32,
  body_length: u32,
})

/** A PAGE_DATA record begins so; then come the pfns with their types, then the pages of those that have one. */
export const pageDataHeader = struct('libxc_page_data', {
  count: u32,
  reserved: u32,
})

export const pvInfo = struct('libxc_x86_pv_info', {
  guest_width: u8,
  pt_levels: u8,
  reserved: array(u8, 6),
})

/** The pfns of the guest's p2m follow. */
export const pvP2mFrames = struct('libxc_x86_pv_p2m_frames', {
  start_pfn: u32,
  end_pfn: u32,
})

const utsname = array(u8, 390)

/** Header of a kdump of a 64-bit kernel (`struct disk_dump_header`, makedumpfile's IMPLEMENTATION). */
export const diskDumpHeader64 = struct('disk_dump_header', {
  signature: array(u8, 8),
  header_version: u32,
  utsname,
  tv_sec: u64,
  tv_usec: u64,
  status: u32,
  block_size: u32,
  sub_hdr_size: u32,
  bitmap_blocks: u32,
  max_mapnr: u32,
  total_ram_blocks: u32,
  device_blocks: u32,
  written_blocks: u32,
  current_cpu: u32,
  nr_cpus: u32,
})

/** The same of a 32-bit kernel. */
export const diskDumpHeader32 = struct('disk_dump_header', {
  signature: array(u8, 8),
  header_version: u32,
  utsname,
  tv_sec: u32,
  tv_usec: u32,
  status: u32,
  block_size: u32,
  sub_hdr_size: u32,
  bitmap_blocks: u32,
  max_mapnr: u32,
  total_ram_blocks: u32,
  device_blocks: u32,
  written_blocks: u32,
  current_cpu: u32,
  nr_cpus: u32,
})

/** In the block behind it; what is here of a header's version 6 is not there before. */
export const kdumpSubHeader64 = struct('kdump_sub_header', {
  phys_base: u64,
  dump_level: u32,
  split: u32,
  start_pfn: u64,
  end_pfn: u64,
  offset_vmcoreinfo: u64,
  size_vmcoreinfo: u64,
  offset_note: u64,
  size_note: u64,
  offset_eraseinfo: u64,
  size_eraseinfo: u64,
  start_pfn_64: u64,
  end_pfn_64: u64,
  max_mapnr_64: u64,
})

/** The same of a 32-bit kernel of x86, which does not align 64 bits to 8 bytes. */
export const kdumpSubHeader32 = struct('kdump_sub_header', {
  phys_base: u32,
  dump_level: u32,
  split: u32,
  start_pfn: u32,
  end_pfn: u32,
  offset_vmcoreinfo: u64,
  size_vmcoreinfo: u32,
  offset_note: u64,
  size_note: u32,
  offset_eraseinfo: u64,
  size_eraseinfo: u32,
  start_pfn_64: u64,
  end_pfn_64: u64,
  max_mapnr_64: u64,
})

/** Where the bytes of a page of a kdump lie, and how they are packed. */
export const pageDesc = struct('page_desc', {
  offset: u64,
  size: u32,
  flags: u32,
  page_flags: u64,
})

/** Header of the flattened format of makedumpfile, in a block of 4096 bytes; its numbers are big-endian. */
export const makedumpfileHeader = struct('makedumpfile_header', {
  signature: array(u8, 16),
  type: array(u8, 8),
  version: array(u8, 8),
})

/** Before each piece of the file that it stands for; big-endian too. */
export const makedumpfileDataHeader = struct('makedumpfile_data_header', {
  offset: array(u8, 8),
  buf_size: array(u8, 8),
})
