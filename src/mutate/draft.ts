// A ring that is being changed: its bytes, the pages beside it, and a line of what was done.
import { viewOf } from '../codec/struct/scalar.ts'
import { SCALARS } from '../codec/struct/scalar-coders.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { FieldPlace, MutableRing } from './source.ts'

/** Something that was changed. */
export interface Change {
  /** The field or the bytes, or of a page the reference that names it. */
  readonly path: string
  readonly from: string
  readonly to: string
}

/** A ring made of another, and how it differs. */
export interface Mutant {
  readonly bytes: Uint8Array
  /** The indirect pages that differ; undefined for one that is not there any more. */
  readonly pages: ReadonlyMap<number, Uint8Array | undefined>
  /** XenStore's nodes, where they differ. */
  readonly xenstore?: XenstoreNodes | undefined
  readonly changes: readonly Change[]
}

/** What was done, in a line: `ring[3].req.nr_segments 11 -> 12`. */
export function provenance({ changes }: Pick<Mutant, 'changes'>): string {
  return changes.map(({ path, from, to }) => `${path} ${from} -> ${to}`).join(', ')
}

export class Draft implements Mutant {
  readonly source: MutableRing
  readonly bytes: Uint8Array
  readonly pages = new Map<number, Uint8Array | undefined>()
  readonly changes: Change[] = []
  xenstore: XenstoreNodes | undefined
  readonly #view: DataView

  constructor(source: MutableRing) {
    this.source = source
    this.bytes = source.capture.bytes.slice()
    this.#view = viewOf(this.bytes)
  }

  get({ scalar, at, page }: FieldPlace): number | bigint {
    return SCALARS[scalar].read(page === undefined ? this.#view : viewOf(this.#page(page)), at)
  }

  /** Writes a field, cut to its width. @returns whether that changed anything: of a page that is gone, or was cut, nothing is changed */
  set(place: FieldPlace, value: number | bigint): boolean {
    const { path, scalar, at, page } = place
    if (page !== undefined && !this.isWhole(page)) return false
    const before = this.get(place)
    SCALARS[scalar].write(page === undefined ? this.#view : viewOf(this.pageToWrite(page)), at, value)
    const after = this.get(place)
    if (before === after) return false
    this.changes.push({ path, from: String(before), to: String(after) })
    return true
  }

  setByte(path: string, at: number, value: number, page?: number): boolean {
    if (page !== undefined && !this.isWhole(page)) return false
    const bytes = page === undefined ? this.bytes : this.pageToWrite(page)
    const before = bytes[at]!
    if (before === value) return false
    bytes[at] = value
    this.changes.push({ path: `${path} at ${hex(at)}`, from: hex(before), to: hex(value) })
    return true
  }

  /** Takes a page away, or puts another in its place. */
  setPage(gref: number, page: Uint8Array | undefined, path: string, to: string): void {
    this.changes.push({ path, from: `a page of ${this.#page(gref).length} bytes`, to })
    this.pages.set(gref, page)
  }

  /** Nodes that differ in one, which is named. */
  setXenstore(nodes: XenstoreNodes, path: string, from: string, to: string): void {
    this.xenstore = nodes
    this.say(path, from, to)
  }

  /** Whether a page is at hand, and as long as it was. */
  isWhole(gref: number): boolean {
    const was = this.source.pages.get(gref)
    return was !== undefined && (!this.pages.has(gref) || this.pages.get(gref)?.length === was.length)
  }

  say(path: string, from: string, to: string): void {
    this.changes.push({ path, from, to })
  }

  /** The page as it is now; of one that is gone, or was cut, as it was. */
  #page(gref: number): Uint8Array {
    return (this.isWhole(gref) ? this.pages.get(gref) : undefined) ?? this.source.pages.get(gref)!
  }

  /** The bytes of a page, to be changed. */
  pageToWrite(gref: number): Uint8Array {
    const page = this.pages.get(gref) ?? this.source.pages.get(gref)!.slice()
    this.pages.set(gref, page)
    return page
  }
}

const hex = (value: number) => `0x${value.toString(16)}`
