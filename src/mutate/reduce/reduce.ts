// The smallest ring that still breaks a rule: fewer slots, then pages, bytes and values, as long as the checker says the same.
import type { Capture } from '../../capture/capture.ts'
import { type DecodedCapture, decodeCapture } from '../../capture/decode-capture.ts'
import { check } from '../../check/check.ts'
import type { CheckFinding } from '../../check/checker.ts'
import type { Rule } from '../../check/rule.ts'
import { annotateRing } from '../../codec/ring/annotate-ring.ts'
import { RING_PAGE_COUNTS, type RingGeometry, ringGeometry, slotOffset } from '../../codec/ring/geometry.ts'
import { slotsByIndex } from '../../codec/ring/ring.ts'
import { type Abi, sameLayout } from '../../codec/struct/abi.ts'
import { encodeOver } from '../../codec/struct/encode.ts'
import { sizeOf } from '../../codec/struct/layout.ts'
import { viewOf } from '../../codec/struct/scalar.ts'
import { SCALARS } from '../../codec/struct/scalar-coders.ts'
import { blkifRequestSegment } from '../../codec/xen/blkif.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import { ddmin } from './ddmin.ts'

/** Rings that are tried before it is left at what there is. */
const MAX_TRIED = 20_000
/** Passes over the fields: a value that falls may let another fall. */
const MAX_PASSES = 4

/** A ring that was made smaller. */
export interface ReducedRing {
  readonly decoded: DecodedCapture
  /** The indirect pages that it still needs. */
  readonly pages: ReadonlyMap<number, Uint8Array>
  /** What is wrong with it, the rule's own findings among it. */
  readonly findings: readonly CheckFinding[]
  /** Rings that were tried. */
  readonly tried: number
  /** As many as may be were tried: there may be a smaller one. */
  readonly gaveUp: boolean
}

interface Candidate {
  readonly bytes: Uint8Array
  readonly pages: ReadonlyMap<number, Uint8Array>
  readonly xenstore: Capture['xenstore']
}

/**
 * @param forced the ABI that the ring was decoded with by request; without it each ring that is tried has to read best under the same layout
 * @returns undefined where the ring does not break the rule
 */
export function reduceRing(decoded: DecodedCapture, rule: Rule, forced?: Abi): ReducedRing | undefined {
  const before = new Set(check(decoded).map((finding) => finding.rule))
  if (!before.has(rule)) return undefined
  return new Reduction({ decoded, forced }, rule, before).run()
}

class Reduction {
  readonly #original: DecodedCapture
  readonly #forced: Abi | undefined
  readonly #rule: Rule
  /** No rule is to be broken that was not before, but for notes. */
  readonly #before: ReadonlySet<Rule>
  #best: Candidate
  #decoded: DecodedCapture
  #tried = 0

  constructor(
    { decoded, forced }: { readonly decoded: DecodedCapture; readonly forced: Abi | undefined },
    rule: Rule,
    before: ReadonlySet<Rule>,
  ) {
    this.#original = decoded
    this.#forced = forced
    this.#rule = rule
    this.#before = before
    this.#decoded = decoded
    this.#best = { bytes: decoded.capture.bytes, pages: pagesOf(decoded), xenstore: decoded.capture.xenstore }
  }

  run(): ReducedRing {
    this.#take({ ...this.#best, xenstore: undefined })
    this.#reducePages()
    this.#reduceSlots()
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const was = this.#best
      this.#clearBytes()
      this.#lowerFields()
      if (was === this.#best) break
    }
    this.#reducePages()
    this.#clearPages()
    return {
      decoded: this.#decoded,
      pages: this.#best.pages,
      findings: check(this.#decoded),
      tried: this.#tried,
      gaveUp: this.#tried >= MAX_TRIED,
    }
  }

  /** Takes a ring where it breaks the rule as well, and no other anew. */
  #take(candidate: Candidate): boolean {
    if (this.#tried >= MAX_TRIED) return false
    this.#tried++
    const { bytes, pages, xenstore } = candidate
    const { capture, ring, sectorUnitGiven } = this.#original
    const beside = { ...capture, bytes, xenstore, indirectPages: pages, missing: undefined, findings: [] }
    const decoded = decodeCapture(beside, this.#forced, sectorUnitGiven ? ring.sectorUnit : undefined)
    if (!sameLayout(decoded.ring.geometry.abi, ring.geometry.abi)) return false
    const broken = new Set(check(decoded).map(({ rule }) => rule))
    if (!broken.has(this.#rule)) return false
    for (const rule of broken) if (rule.severity !== 'note' && !this.#before.has(rule)) return false
    this.#best = candidate
    this.#decoded = decoded
    return true
  }

  #reducePages(): void {
    const { pages } = this.#best
    ddmin([...pages], (part) => this.#take({ ...this.#best, pages: new Map(part) }))
  }

  /** Slots that hold something, one behind the other in a ring of as few pages as hold them; where that is not the same, in their places. */
  #reduceSlots(): void {
    const { ring } = this.#decoded
    const held = slotsByIndex(ring).filter(({ state }) => state !== 'unused' && state !== 'cleared' && state !== 'unknown')
    const entries = held.map(({ slot, state, ...rest }) => {
      const at = slotOffset(ring.geometry, slot)
      const holds = state === 'continuation' ? (rest as { holds: string }).holds : state
      return { bytes: this.#best.bytes.slice(at, at + ring.geometry.stride), isRequest: holds === 'request', at }
    })
    const { bytes } = this.#best
    const moved = (part: readonly Entry[]) => this.#take({ ...this.#best, bytes: ringOf(ring.geometry, part) })
    if (ring.indices === 'possible' && moved(entries)) ddmin(entries, moved)
    else
      ddmin(entries, (part) => {
        const left = bytes.slice()
        for (const { at } of entries) if (!part.some((entry) => entry.at === at)) left.fill(0, at, at + ring.geometry.stride)
        return this.#take({ ...this.#best, bytes: left })
      })
  }

  /** Bytes that are no field that somebody reads. */
  #clearBytes(): void {
    const { bytes } = this.#best
    const ranges = annotateRing(this.#decoded.ring).filter(
      ({ kind, offset, size }) => kind !== 'field' && isSet(bytes, offset, size),
    )
    ddmin(ranges, (part) => {
      const left = bytes.slice()
      for (const range of ranges) if (!part.includes(range)) left.fill(0, range.offset, range.offset + range.size)
      return this.#take({ ...this.#best, bytes: left })
    })
  }

  /** Values as small as they may be: 0, 1, a half, or one less is none of them. */
  #lowerFields(): void {
    for (const { scalar, offset } of annotateRing(this.#decoded.ring)) {
      if (!scalar) continue
      const { read, write } = SCALARS[scalar]
      const now = () => BigInt(read(viewOf(this.#best.bytes), offset))
      const lower = (value: bigint) => {
        const bytes = this.#best.bytes.slice()
        write(viewOf(bytes), offset, scalar === 'u64' ? value : Number(value))
        return this.#take({ ...this.#best, bytes })
      }
      while (now() > 0n) {
        const from = now()
        if ([0n, 1n, from / 2n].some((value) => value < from && lower(value))) continue
        if (!lower(from - 1n)) break
        // It is above a limit, which halving finds: a half was too small.
        for (let tooSmall = from / 2n; now() - tooSmall > 1n; ) {
          const middle = (tooSmall + now()) / 2n
          if (!lower(middle)) tooSmall = middle
        }
      }
    }
  }

  #clearPages(): void {
    const size = sizeOf(blkifRequestSegment, this.#decoded.ring.geometry.abi)
    for (const [gref, page] of this.#best.pages) {
      const segments = Array.from({ length: Math.floor(page.length / size) }, (_, i) => i * size).filter((at) =>
        isSet(page, at, size),
      )
      ddmin(segments, (part) => {
        const left = page.slice()
        for (const at of segments) if (!part.includes(at)) left.fill(0, at, at + size)
        return this.#take({ ...this.#best, pages: new Map([...this.#best.pages, [gref, left]]) })
      })
    }
  }
}

/** A slot that holds something. */
interface Entry {
  readonly bytes: Uint8Array
  /** Of those that no response was published for. */
  readonly isRequest: boolean
  readonly at: number
}

/** A ring on its first lap with these slots, as SHARED_RING_INIT begins it. */
function ringOf({ abi, pages, nr_ents }: RingGeometry, entries: readonly Entry[]): Uint8Array {
  const fewest =
    RING_PAGE_COUNTS.find((n) => n >= pages || ringGeometry(abi, n).nr_ents >= Math.min(nr_ents, entries.length)) ?? pages
  const geometry = ringGeometry(abi, fewest)
  const bytes = new Uint8Array(geometry.bytes)
  const [req_prod, rsp_prod] = [entries.length, entries.filter(({ isRequest }) => !isRequest).length]
  encodeOver(sringHeader, abi, { req_prod, req_event: req_prod + 1, rsp_prod, rsp_event: rsp_prod + 1 }, bytes)
  for (const [i, entry] of entries.entries()) bytes.set(entry.bytes, slotOffset(geometry, i))
  return bytes
}

function isSet(bytes: Uint8Array, at: number, size: number): boolean {
  for (let i = at; i < at + size; i++) if (bytes[i] !== 0) return true
  return false
}

function pagesOf({ capture: { indirectPages }, ring }: DecodedCapture): Map<number, Uint8Array> {
  const pages = new Map<number, Uint8Array>()
  for (const slot of ring.slots)
    if (slot.state === 'request' && slot.request.kind === 'indirect')
      for (const gref of slot.request.indirect_grefs) {
        const page = indirectPages.get(gref)
        if (page) pages.set(gref, page)
      }
  return pages
}
