// The captures of one ring, moment by moment, to what a report has of it.

import type { DecodedCapture } from '../capture/decode-capture.ts'
import { type CheckFinding, RULES } from '../check/index.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { grefsInFlight } from '../inspect/index.ts'
import { jsonText } from '../print/printable.ts'
import { decisionBytes, packDecisions } from './decisions.ts'
import type { ReportFinding, ReportMoment, ReportPage, ReportRing, ReportRule } from './model.ts'
import { Packer, toBase64 } from './pack.ts'

/** Takes the moments of one ring, and is a `ReportRing` in the end. */
export class ReportedRing {
  readonly #first: DecodedCapture
  #last: DecodedCapture
  readonly #packer: Packer
  readonly #moments: ReportMoment[] = []
  readonly #findings: ReportFinding[][] = []
  readonly #lists = new Map<string, number>()
  readonly #indirect: ReportPage[] = []
  /** Of each page its latest entry. */
  readonly #pages = new Map<number, ReportPage>()
  /** Findings that are known only once all queues were seen. */
  readonly #later: ReportFinding[] = []

  constructor(first: DecodedCapture) {
    this.#first = first
    this.#last = first
    const { geometry } = first.ring
    this.#packer = new Packer(geometry.bytes + decisionBytes(geometry))
  }

  /** Its last moment so far. */
  get last(): DecodedCapture {
    return this.#last
  }

  /** Whether a capture can be another moment of it. */
  fits({ capture, protocol }: DecodedCapture): boolean {
    return capture.bytes.length === this.#first.capture.bytes.length && protocol.abi.name === this.#first.protocol.abi.name
  }

  add(decoded: DecodedCapture, source: string, found: readonly CheckFinding[]): void {
    const { capture, ring } = decoded
    this.#last = decoded
    this.#packer.add(capture.bytes, packDecisions(ring))
    for (const gref of grefsInFlight(ring)) this.#page(gref, capture.indirectPages.get(gref))
    this.#moments.push({
      source,
      findings: this.#list(found.map(findingOf)),
      inFlight: ring.indices === 'possible' ? ring.outstanding : null,
      ...(ring.sectorUnit === DEFAULT_SECTOR_UNIT ? {} : { unit: ring.sectorUnit }),
      ...(capture.missing?.length ? { missing: capture.missing.map(({ from, to }) => ({ from, to })) } : {}),
    })
  }

  /** A finding of its last moment, which came late. */
  addLater(found: CheckFinding): void {
    this.#later.push(findingOf(found))
  }

  /** @param was what it was, where it is no more */
  ring(title: string, was?: string): ReportRing {
    const { capture, protocol, ring } = this.#first
    const last = this.#moments.at(-1)!
    const moments = this.#later.length === 0 ? this.#moments : [...this.#moments.slice(0, -1), this.#withLater(last)]
    return {
      title,
      queue: capture.queue,
      ...(was === undefined ? {} : { was }),
      abi: protocol.abi.name,
      protocol: protocol.protocol,
      how: protocol.why,
      pages: ring.geometry.pages,
      moments,
      bytes: this.#packer.base64(),
      indirect: this.#indirect,
      findings: this.#findings,
    }
  }

  #withLater(moment: ReportMoment): ReportMoment {
    return { ...moment, findings: this.#list([...this.#findings[moment.findings]!, ...this.#later]) }
  }

  /** Lists that are alike are one: most moments of a series have the findings of the one before. */
  #list(findings: ReportFinding[]): number {
    const key = jsonText(findings)
    const known = this.#lists.get(key) ?? this.#findings.push(findings) - 1
    this.#lists.set(key, known)
    return known
  }

  #page(gref: number, bytes: Uint8Array | undefined): void {
    const before = this.#pages.get(gref)
    if (!bytes && !before) return
    const page = bytes?.subarray(0, XEN_PAGE_SIZE)
    const packed = page ? toBase64(withoutZeros(page)) : ''
    const length = page?.length ?? null
    if (before?.[2] === length && before[3] === packed) return
    const entry: ReportPage = [gref, this.#moments.length, length, packed]
    this.#pages.set(gref, entry)
    this.#indirect.push(entry)
  }
}

/** @returns the bytes up to the last that is not 0 */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}

function findingOf({ rule, message, slot, offset }: CheckFinding): ReportFinding {
  return { rule: rule.id, message, ...(slot === undefined ? {} : { slot }), ...(offset === undefined ? {} : { offset }) }
}

/** The texts of the rules that findings name. */
export function rulesOf(rings: readonly ReportRing[]): Record<string, ReportRule> {
  const named = new Set(rings.flatMap(({ findings }) => findings.flatMap((list) => list.map(({ rule }) => rule))))
  return Object.fromEntries(
    RULES.filter(({ id }) => named.has(id)).map(({ id, severity, summary, source, explain }) => {
      return [id, { severity, summary, means: explain.means, matters: explain.why, todo: explain.todo, source }]
    }),
  )
}
