// Ids in words. To the protocol an id is 64 bits that the backend echoes; frontends put an index there, an address of their own
// memory, or a tag with a counter.

/** No frontend has a table of so many requests: from here on an id is an address, a tag, or damage, and is known by its hex. */
const MIN_HEX_ID = 2n ** 20n

/** Of the Windows xenvbd of 2014: the letters XTag, as they lie in memory, above a counter of 32 bits. */
const XTAG = 0x67615458n
const COUNTER_BITS = 32

/** The counter of an XTag id; undefined for any other. */
export function xTagOf(id: bigint): number | undefined {
  return id >> BigInt(COUNTER_BITS) === XTAG ? Number(BigInt.asUintN(COUNTER_BITS, id)) : undefined
}

/** An id that reads as an address: a multiple of 4, canonical in 48 bits, above every index. */
export function isAddressLike(id: bigint): boolean {
  return id >= MIN_HEX_ID && id % 4n === 0n && BigInt.asIntN(64, id) === BigInt.asIntN(48, id)
}

/**
 * An id as a sentence has it: `13`, `18446612132358569984 (0xffff880002a4c000)`, `7449327995581366275 (0x6761545800000003, XTag
 * 3)`.
 */
export function idText(id: bigint): string {
  if (id < MIN_HEX_ID) return String(id)
  const tag = xTagOf(id)
  return `${id} (${shortId(id)}${tag === undefined ? '' : `, XTag ${tag}`})`
}

/** For a column: an index in decimal, any other id in hex. */
export function shortId(id: bigint): string {
  return id < MIN_HEX_ID ? String(id) : `0x${id.toString(16)}`
}
