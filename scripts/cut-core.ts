// Cuts an `xl dump-core` down to what a test needs, byte for byte as it is there: rings, the indirect and data pages that their
// requests name, pages that begin like a ring and are none, and every nth page of the rest.
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { x86_64 } from '../src/codec/struct/abi.ts'
import { decode } from '../src/codec/struct/decode.ts'
import { encodeOver } from '../src/codec/struct/encode.ts'
import { layoutOf } from '../src/codec/struct/layout.ts'
import { elf64Header, elf64SectionHeader, xenDumpcoreP2m } from '../src/image/core-tables.ts'
import { loadImage } from '../src/node/read/image-dumps.ts'

const PAGE = 4096
const EVERY = 400
const DATA_PAGES = 12

/** @returns what was kept, for dumps/README.md */
export async function cutCore(path: string, grantTable: string, xenstore: string, out: string): Promise<string> {
  const bytes = readFileSync(path)
  const core = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes
  const image = await loadImage(path, { grantTable, xenstore, dataPages: true, least: 0 })
  const [extent] = image.map.extents
  const { table } = image.map
  const pageOf = (offset: number) => (offset - extent!.offset) / PAGE
  const data = image.data!.pages.flat().flatMap(({ offset }) => (offset === undefined ? [] : [offset]))
  const named = image.rings.flatMap((ring) => [
    ...ring.offsets.filter((offset) => offset !== undefined),
    ...[...ring.indirect.values()].map((page) => page.offset),
  ])
  const ofText = [...readFileSync(xenstore, 'utf8').matchAll(/(?:console|store)\/ring-ref = "(\d+)"/g)].map((m) => Number(m[1]))
  const entries = Array.from({ length: extent!.pages }, (_, i) => decode(xenDumpcoreP2m, x86_64, core, table!.offset + i * 16))
  const others = entries.flatMap(({ gmfn }, i) => (ofText.includes(Number(gmfn)) ? [i] : []))
  const spread = entries.flatMap((_, i) => (i % EVERY === 0 ? [i] : []))
  const kept = [...new Set([...named.map(pageOf), ...data.slice(0, DATA_PAGES).map(pageOf), ...others, ...spread])].sort(
    (a, b) => a - b,
  )
  writeFileSync(out, gzipSync(assemble(core, kept, extent!.offset, table!.offset), { level: 9 }))
  return `${kept.length} of ${entries.length} pages, ${image.rings.length} of them begin like a ring`
}

/** The same file with fewer pages: what lies before the pages stays, sections behind them move up. */
function assemble(core: Uint8Array, kept: readonly number[], pagesAt: number, p2mAt: number): Uint8Array {
  const header = decode(elf64Header, x86_64, core)
  const { size } = layoutOf(elf64SectionHeader, x86_64)
  const at = (i: number) => Number(header.e_shoff) + i * size
  const sections = Array.from({ length: header.e_shnum }, (_, i) => decode(elf64SectionHeader, x86_64, core, at(i)))
  const names = sections[header.e_shstrndx]!
  const p2m = layoutOf(xenDumpcoreP2m, x86_64).size
  const parts = [
    core.slice(0, pagesAt),
    ...kept.map((page) => core.subarray(pagesAt + page * PAGE, pagesAt + (page + 1) * PAGE)),
    ...kept.map((page) => core.subarray(p2mAt + page * p2m, p2mAt + (page + 1) * p2m)),
    core.subarray(Number(names.sh_offset), Number(names.sh_offset + names.sh_size)),
  ]
  const [pagesBytes, p2mBytes] = [kept.length * PAGE, kept.length * p2m]
  for (const [i, section] of sections.entries()) {
    const moved = { ...section }
    if (section === names) moved.sh_offset = BigInt(pagesAt + pagesBytes + p2mBytes)
    else if (Number(section.sh_offset) === p2mAt)
      Object.assign(moved, { sh_offset: BigInt(pagesAt + pagesBytes), sh_size: BigInt(p2mBytes) })
    else if (Number(section.sh_offset) === pagesAt) moved.sh_size = BigInt(pagesBytes)
    encodeOver(elf64SectionHeader, x86_64, moved, parts[0]!, at(i))
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
