// What a report says, as values that JSON can have: the page is made of them, and carries the part of them that its script needs.

import type { Severity } from '../check/index.ts'
import type { ByteSpan } from '../codec/ring/missing.ts'
import type { SectorUnit } from '../codec/ring/sector-unit.ts'
import type { AbiName } from '../codec/struct/abi.ts'
import type { NextStep, VerdictName } from '../doctor/index.ts'
import type { ReportCuts } from './cuts.ts'

export interface RingReport {
  /** The worst first. */
  readonly devices: readonly ReportDevice[]
  /** By their number, counted from 1 in the page. */
  readonly rings: readonly ReportRing[]
  /** How the requests of each ring were cut, by its place; undefined where nothing tells. */
  readonly cuts: readonly (ReportCuts | undefined)[]
  /** The rules of which a finding is, by their id. */
  readonly rules: Readonly<Record<string, ReportRule>>
  /** What a reader should know of the inputs, a line each. */
  readonly notes: readonly string[]
}

/** A list with its label: evidence, causes. */
export interface ReportList {
  readonly label: string
  readonly items: readonly string[]
}

export interface ReportDevice {
  readonly title: string
  readonly verdict: ReportVerdict
  readonly lists: readonly ReportList[]
  readonly next: readonly NextStep[]
  /** Places of its rings in `RingReport.rings`, a queue each. */
  readonly rings: readonly number[]
  /** Of each queue, what is said of it, and the rings that were replaced; none where there is one ring only. */
  readonly links: readonly RingLink[]
}

/** One of several rings of a device. */
export interface RingLink {
  readonly text: string
  /** Its place in `RingReport.rings`; undefined where it is not at hand. */
  readonly ring: number | undefined
}

export interface ReportVerdict {
  readonly name: VerdictName
  readonly title: string
  readonly sureness: string
  readonly problem: boolean
  readonly text: string
}

export interface ReportRing {
  /** What it is called. */
  readonly title: string
  readonly queue: number | undefined
  /** What it was, where another ring has come in its place. */
  readonly was?: string | undefined
  readonly abi: AbiName
  readonly protocol: string
  /** How the protocol is known. */
  readonly how: string
  readonly pages: number
  readonly moments: readonly ReportMoment[]
  /** The bytes of all moments (`pack.ts`), and behind those of each what is decided of its slots (`decisions.ts`), in base64. */
  readonly bytes: string
  /** In the order of their moments. */
  readonly indirect: readonly ReportPage[]
  /** Lists of findings; a moment names one. */
  readonly findings: readonly (readonly ReportFinding[])[]
}

/**
 * An indirect page from a moment on: its reference, the moment, how many of its 4096 bytes there are, and these in base64, without the
 * zeros at their end. The length is null where the page is in the input no more.
 */
export type ReportPage = readonly [gref: number, from: number, length: number | null, bytes: string]

export interface ReportMoment {
  readonly source: string
  /** Place in `ReportRing.findings`. */
  readonly findings: number
  /** Requests without a response; null where it is not known. */
  readonly inFlight: number | null
  /** Bytes that a sector counts; 512 where not given. */
  readonly unit?: SectorUnit
  /** Bytes that are not in the input. */
  readonly missing?: readonly ByteSpan[]
}

export interface ReportFinding {
  readonly rule: string
  readonly message: string
  readonly slot?: number
  readonly offset?: number
}

export interface ReportRule {
  readonly severity: Severity
  readonly summary: string
  readonly means: string
  readonly matters: string
  readonly todo: string
  readonly source: string
}
