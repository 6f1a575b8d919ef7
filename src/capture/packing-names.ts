// The packings of files, in one table: what tells them, and what unpacks them elsewhere. Some of them this program unpacks itself.

export interface PackingName {
  readonly name: string
  readonly magic: readonly number[]
  /** What it adds to the name of a file. */
  readonly suffix: string
  /** What unpacks it to standard output: `command FILE`, or of standard input. */
  readonly command: string
}

/** Stands in a magic number for a byte that may have any value, such as bzip2's level. */
const ANY = -1

/** The magic numbers are those of file(1) (its magic/Magdir/compress and archive). */
const PACKINGS: readonly PackingName[] = [
  { name: 'gzip', magic: [0x1f, 0x8b, 8], suffix: '.gz', command: 'zcat' },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], suffix: '.zst', command: 'zstdcat' },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], suffix: '.xz', command: 'xzcat' },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68, ANY, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], suffix: '.bz2', command: 'bzcat' },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18], suffix: '.lz4', command: 'lz4cat' },
  { name: 'lzip', magic: [0x4c, 0x5a, 0x49, 0x50], suffix: '.lz', command: 'lzip -dc' },
  { name: '7z', magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], suffix: '.7z', command: '7z x -so' },
  { name: 'zip', magic: [0x50, 0x4b, 3, 4], suffix: '.zip', command: 'unzip -p' },
]

export const PACKING_SUFFIXES: readonly string[] = PACKINGS.map(({ suffix }) => suffix)

/** The packing that the first bytes of a file tell. */
export function packingOfMagic(head: Uint8Array): PackingName | undefined {
  return PACKINGS.find(({ magic }) => magic.every((byte, i) => head[i] === byte || (byte === ANY && i < head.length)))
}

/** A name without the suffix of a packing. */
export function withoutPacking(name: string): string {
  const packing = PACKINGS.find(({ suffix }) => name.endsWith(suffix))
  return packing ? name.slice(0, -packing.suffix.length) : name
}

/** Whether the name of a file says that it is packed. */
export function isNamedPacked(name: string): boolean {
  return withoutPacking(name) !== name
}
