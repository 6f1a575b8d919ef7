// The text in which backends show a ring's indices: XenServer's blkback in /sys/devices/xen-backend/vbd-*/io_ring, and tapdisk in
// /dev/shm/vbd3-DOMID-DEVID/io_ring, where newer ones put the CRC-32 of the text before it, as a C `unsigned long` (blktap,
// drivers/td-blkif.c: tapdisk_xenblkif_ring_stats_update). tapdisk prints the private indices as signed numbers.
//   nr_ents 32
//   req prod 27 cons 27 event 28
//   rsp prod 21 pvt 21 event 22

/** The indices of a ring as tapdisk and XenServer's blkback show them in a file io_ring, private ones among them. */
export interface IoRing {
  readonly nr_ents: number
  readonly req_prod: number
  readonly req_cons: number
  readonly req_event: number
  readonly rsp_prod: number
  readonly rsp_prod_pvt: number
  readonly rsp_event: number
  /** Whether the checksum before the text is that of the text; undefined where there is none. */
  readonly checksum: boolean | undefined
}

/** Text that begins as io_ring and does not go on so. The message names line and column, both from 1. */
export class IoRingError extends Error {
  constructor(line: number, column: number, problem: string) {
    super(`line ${line}, column ${column}: ${problem}`)
    this.name = 'IoRingError'
  }
}

/** The text follows at once, or behind an unsigned long of 4 or 8 bytes. */
const HEADERS = [0, 4, 8]
/** More than the text of an io_ring ever has. */
const LIMIT = 4096
const MAX_ENTRIES = 2 ** 16

/** The bytes begin as io_ring does. Those of a ring page do not: no index of it looks like the words. */
export function isIoRing(bytes: Uint8Array): boolean {
  return headerOf(bytes) !== undefined
}

/**
 * @param bytes of the whole file; what follows a zero byte is left aside
 * @throws IoRingError
 */
export function parseIoRing(bytes: Uint8Array): IoRing {
  const header = headerOf(bytes) ?? 0
  const text = textFrom(bytes, header)
  const words = new Words(text)
  words.expect('nr_ents')
  const nr_ents = words.number(1, MAX_ENTRIES)
  if (nr_ents & (nr_ents - 1)) throw words.error(`nr_ents ${nr_ents} is no power of two`)
  words.expect('req', 'prod')
  const req_prod = words.index()
  words.expect('cons')
  const req_cons = words.index()
  words.expect('event')
  const req_event = words.index()
  words.expect('rsp', 'prod')
  const rsp_prod = words.index()
  words.expect('pvt')
  const rsp_prod_pvt = words.index()
  words.expect('event')
  const rsp_event = words.index()
  words.end()
  const checksum = header === 0 ? undefined : crc32(bytes.subarray(header, header + text.length)) === littleEndian(bytes, header)
  return { nr_ents, req_prod, req_cons, req_event, rsp_prod, rsp_prod_pvt, rsp_event, checksum }
}

function headerOf(bytes: Uint8Array): number | undefined {
  return HEADERS.find((at) => /^\s*nr_ents\b/.test(textFrom(bytes.subarray(0, at + 64), at)))
}

/** Latin-1, up to the first zero byte. */
function textFrom(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at)
  return Array.from(bytes.subarray(at, Math.min(end === -1 ? bytes.length : end, at + LIMIT)), (b) => String.fromCharCode(b)).join(
    '',
  )
}

/** The words of a text, one after another, whatever space is between them; a number may follow `=` or `:`. */
class Words {
  readonly #words: readonly RegExpMatchArray[]
  readonly #text: string
  #next = 0

  constructor(text: string) {
    this.#text = text
    this.#words = [...text.matchAll(/[^\s=:,]+/g)]
  }

  expect(...names: readonly string[]): void {
    for (const name of names) {
      const word = this.#words[this.#next]?.[0]
      if (word?.toLowerCase() !== name) throw this.#unexpected(`"${name}"`)
      this.#next++
    }
  }

  /** A RING_IDX, printed with or without a sign. */
  index(): number {
    return this.number(-(2 ** 31), 2 ** 32 - 1) >>> 0
  }

  number(least: number, most: number): number {
    const word = this.#words[this.#next]?.[0]
    if (word === undefined || !/^-?\d+$/.test(word)) throw this.#unexpected('a number')
    const value = Number(word)
    if (value < least || value > most) throw this.#unexpected(`a number from ${least} to ${most}`)
    this.#next++
    return value
  }

  end(): void {
    if (this.#next < this.#words.length) throw this.#unexpected('the end of the text')
  }

  /** An error at the word before. */
  error(problem: string): IoRingError {
    return this.#at(this.#words[this.#next - 1]?.index, problem)
  }

  #unexpected(wanted: string): IoRingError {
    const word = this.#words[this.#next]
    const found = word === undefined ? 'the text ends' : `"${word[0].slice(0, 20)}"`
    return this.#at(word?.index, `expected ${wanted}, found ${found}`)
  }

  #at(offset: number | undefined, problem: string): IoRingError {
    const before = this.#text.slice(0, offset ?? this.#text.trimEnd().length).split('\n')
    return new IoRingError(before.length, before.at(-1)!.length + 1, problem)
  }
}

function littleEndian(bytes: Uint8Array, length: number): number {
  let value = 0
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[i]!
  return value
}

/** The CRC-32 of zlib and IEEE 802.3: reflected, polynomial 0xEDB88320. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0)
  }
  return (crc ^ 0xffff_ffff) >>> 0
}
