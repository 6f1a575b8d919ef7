// Slots of a ring as debuggers print them, `union blkif_sring_entry`, back to the bytes that they were.
import { RING_PAGE_COUNTS, ringGeometry, slotOffset } from '../codec/ring/geometry.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { encodeOver } from '../codec/struct/encode.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  blkifRequest,
  blkifRequestIndirect,
  blkifResponse,
} from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type CValue, elementsOf, integerOf, memberAt, type Print } from '../structtext/index.ts'
import type { AskedFor } from './subject.ts'

const { stride, slotsAt } = ringGeometry(x86_64, 1)
/** No ring has more slots. */
const MAX_SLOTS = 512

/** A value that is a slot, or the request in one. */
export function isSlot(value: CValue): boolean {
  return memberAt(value, 'req', 'operation') !== undefined && memberAt(value, 'rsp', 'status') !== undefined
}

/** A request that is printed without the slot around it. */
export function isRequestAlone(value: CValue): boolean {
  return memberAt(value, 'operation') !== undefined && memberAt(value, 'u', 'rw', 'id') !== undefined
}

/** The bytes of a slot: the arms of its unions cover each other's gaps, so that only padding of the last segments is lost. */
export function slotBytes(value: CValue): Uint8Array {
  const bytes = new Uint8Array(stride)
  const req = memberAt(value, 'req') ?? value
  const number = (of: CValue | undefined, name: string) => integerOf(memberAt(of, name)) ?? 0n
  const small = (of: CValue | undefined, name: string, bits: number) => Number(BigInt.asUintN(bits, number(of, name)))
  const wide = (of: CValue | undefined, name: string) => BigInt.asUintN(64, number(of, name))
  const operation = small(req, 'operation', 8)
  const rw = memberAt(req, 'u', 'rw')
  const seg = elementsOf(memberAt(rw, 'seg'), BLKIF_MAX_SEGMENTS_PER_REQUEST)
  encodeOver(
    blkifRequest,
    x86_64,
    {
      operation,
      nr_segments: small(rw, 'nr_segments', 8),
      handle: small(rw, 'handle', 16),
      id: wide(rw, 'id'),
      sector_number: wide(rw, 'sector_number'),
      // drgn leaves zeros at the end of an array out.
      seg: Array.from({ length: BLKIF_MAX_SEGMENTS_PER_REQUEST }, (_, i) => ({
        gref: small(seg[i], 'gref', 32),
        first_sect: small(seg[i], 'first_sect', 8),
        last_sect: small(seg[i], 'last_sect', 8),
      })),
    },
    bytes,
  )
  const indirect = memberAt(req, 'u', 'indirect')
  if (indirect) {
    const grefs = elementsOf(memberAt(indirect, 'indirect_grefs'), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST)
    encodeOver(
      blkifRequestIndirect,
      x86_64,
      {
        operation,
        indirect_op: small(indirect, 'indirect_op', 8),
        nr_segments: small(indirect, 'nr_segments', 16),
        id: wide(indirect, 'id'),
        sector_number: wide(indirect, 'sector_number'),
        handle: small(indirect, 'handle', 16),
        indirect_grefs: Array.from({ length: BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST }, (_, i) =>
          Number(BigInt.asUintN(32, integerOf(grefs[i]) ?? 0n)),
        ),
      },
      bytes,
    )
  }
  const rsp = memberAt(value, 'rsp')
  if (rsp)
    encodeOver(
      blkifResponse,
      x86_64,
      { id: wide(rsp, 'id'), operation: small(rsp, 'operation', 8), status: Number(BigInt.asIntN(16, number(rsp, 'status'))) },
      bytes,
    )
  return bytes
}

/** Where a print's first slot lies, and in which ring: by an index in the command, or by an address in a ring's page. */
export function firstSlotOf(
  { answer: { command } }: Print,
  { slotAddress }: AskedFor,
): { readonly slot: number; readonly sring: bigint | undefined } | undefined {
  const index = /\bring\[(\d{1,4})\]/.exec(command)
  if (index && !/\bshadow\[/.test(command))
    return Number(index[1]) < MAX_SLOTS ? { slot: Number(index[1]), sring: undefined } : undefined
  if (slotAddress === undefined) return undefined
  // A ring begins a page, and its first page begins with the header.
  const inPage = Number(slotAddress % BigInt(XEN_PAGE_SIZE))
  const slot = (inPage - slotsAt) / stride
  return Number.isInteger(slot) && slot >= 0 ? { slot, sring: slotAddress - BigInt(inPage) } : undefined
}

/** The pages of a ring of so many slots, those that are not known 0, and which bytes these are. */
export function pagesOfSlots(nr_ents: number, slots: ReadonlyMap<number, Uint8Array>) {
  const pages = RING_PAGE_COUNTS.find((pages) => ringGeometry(x86_64, pages).nr_ents === nr_ents)
  if (pages === undefined) return undefined
  const geometry = ringGeometry(x86_64, pages)
  const bytes = new Uint8Array(pages * XEN_PAGE_SIZE)
  const missing: { from: number; to: number }[] = []
  for (let slot = 0; slot < nr_ents; slot++) {
    const at = slotOffset(geometry, slot)
    const own = slots.get(slot)
    if (own) bytes.set(own, at)
    else if (missing.at(-1)?.to === at) missing.at(-1)!.to = at + stride
    else missing.push({ from: at, to: at + stride })
  }
  return { bytes, missing }
}
