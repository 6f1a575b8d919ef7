// LiME images (https://github.com/504ensicsLabs/LiME, format "lime"): a header of 32 bytes before each range of memory.
import { x86_64 } from '../codec/struct/abi.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { LIME_MAGIC, LIME_VERSION, limeHeader } from './core-tables.ts'
import { type Claim, claimedBytes, extentsOf, ImageError, type ImageMap, MAX_RANGES } from './image-map.ts'
import { type ByteReader, exact, readBytes } from './reader.ts'

const { size: HEADER } = layoutOf(limeHeader, x86_64)

/** Whether bytes begin a LiME image: more than its magic, since a ring's req_prod may spell that, with zeros where the end is. */
export function isLime(head: Uint8Array): boolean {
  if (head.length < HEADER) return false
  const { magic, e_addr } = decode(limeHeader, x86_64, head)
  return magic === LIME_MAGIC && e_addr !== 0n
}

/** Follows the headers: each says where the next one lies. */
export async function mapLime(reader: ByteReader): Promise<ImageMap> {
  const claims: Claim[] = []
  const notes: string[] = []
  /** Where the chain of headers cannot be followed any more. */
  let brokenAt: number | undefined
  for (let at = 0; reader.size === undefined || at < reader.size; ) {
    const bytes = await readBytes(reader, at, HEADER)
    if (bytes.length === 0) break
    if (bytes.length < HEADER) {
      notes.push(`the image ends within the header of range ${claims.length}`)
      brokenAt = at
      break
    }
    const { magic, version, s_addr, e_addr } = decode(limeHeader, x86_64, bytes)
    const [first, last] = [exact(s_addr), exact(e_addr)]
    if (magic !== LIME_MAGIC || version !== LIME_VERSION || first === undefined || last === undefined || last < first) {
      if (claims.length === 0)
        throw new ImageError(`a LiME image of version ${version} from ${s_addr} to ${e_addr}`, 'LiME writes version 1')
      notes.push(`no LiME header at byte ${at}, where range ${claims.length} begins: what lies behind is left out`)
      brokenAt = at
      break
    }
    if (claims.length === MAX_RANGES) throw new ImageError(`more than ${MAX_RANGES} ranges of memory, which no LiME image has`)
    const length = last - first + 1
    claims.push({ offset: at + HEADER, bytes: length, address: first })
    if (exact(at + HEADER + length) === undefined) break
    at += HEADER + length
  }
  const left = brokenAt === undefined || reader.size === undefined ? 0 : reader.size - brokenAt
  const claimed = claimedBytes(claims) + left
  const extents = extentsOf(claims, reader.size, notes)
  return { format: 'LiME', arm: undefined, extents, table: undefined, claimed, more: brokenAt !== undefined, notes }
}
