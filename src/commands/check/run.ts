// The work of `check`: inputs to findings, one ring at a time.

import type { Capture } from '../../capture/capture.ts'
import { tryDecodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import {
  type BackendName,
  backendVerdicts,
  type CheckFinding,
  createChecker,
  type DecodedRing,
  type Rule,
  readByBackend,
  SEVERITIES,
  type Severity,
} from '../../check/index.ts'
import type { SectorUnit, SectorUnitChoice } from '../../codec/ring/sector-unit.ts'
import type { Abi } from '../../codec/struct/abi.ts'
import { loadDumps } from '../../node/read/folder.ts'
import type { ReadAs } from '../../node/read/input-kind.ts'
import type { Style } from '../../print/style.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { note, report } from '../../terminal/failure.ts'
import { sectorUnitOfDisk } from '../../xenstore/disk.ts'
import { displayName } from '../shared/display-name.ts'
import { CHECK_PRINTERS, type CheckFormat } from './printers.ts'

export interface CheckOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  readonly readAs?: ReadAs | undefined
  /** What sectors count in; undefined is the backend's, else 512 bytes, or the unit in which the requests fit the disk. */
  readonly sectorUnit?: SectorUnitChoice | undefined
  /** Rings of inputs that are memory images. */
  readonly found?: ReadonlyMap<string, Capture> | undefined
  readonly rules: readonly Rule[]
  /** The least severity that is printed and counts for the exit code. */
  readonly severity: Severity
  readonly backend: BackendName | undefined
  readonly format: CheckFormat
  /** Cells of a line of text; Infinity where nothing is folded. */
  readonly width: number
  /** Of this package. */
  readonly version: string
}

/** Checks every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export function checkInputs(inputs: readonly string[], style: Style, options: CheckOptions): number {
  const { rules, severity, backend } = options
  const counts = { error: 0, warning: 0, note: 0 }
  const least = SEVERITIES.indexOf(severity)
  const grave = (rule: Rule) => SEVERITIES.indexOf(rule.severity) <= least
  const print = CHECK_PRINTERS[options.format](options, style)
  let exit = EXIT_CLEAN
  let rings = 0
  const onError = (error: DumpError) => {
    exit = report(error)
  }
  const count = (findings: readonly CheckFinding[]) => {
    for (const { rule } of findings) counts[rule.severity]++
    return findings.filter(({ rule }) => grave(rule))
  }
  for (const [i, input] of inputs.entries()) {
    if (input === '-' && inputs.indexOf('-') < i) {
      onError(new DumpError('-', 'standard input can be read only once'))
      continue
    }
    const checker = createChecker(rules)
    for (const dump of loadDumps(input, { ...options, onError, onNote: note })) {
      const sectorUnit = options.sectorUnit ?? unitOf(backend, dump)
      const named = { ...dump, source: displayName(dump.source, input) }
      const decoded = tryDecodeCapture(named, { abi: options.abi, sectorUnit }, onError)
      if (!decoded) continue
      rings++
      const { note } = backend ? readByBackend(decoded, backend) : { note: undefined }
      const verdicts = backend && { backend, note, verdicts: backendVerdicts(decoded, backend) }
      print.ring(decoded, count(checker.ring(decoded)), verdicts)
    }
    for (const [decoded, findings] of byRing(count(checker.end()))) print.ring(decoded, findings, undefined)
  }
  print.end(rings, counts, exit === EXIT_CLEAN)
  return exit === EXIT_CLEAN && SEVERITIES.slice(0, least + 1).some((s) => counts[s] > 0) ? EXIT_FINDINGS : exit
}

/** QEMU speaks in the disk's own sectors throughout: to it every request is made of those. */
function unitOf(backend: BackendName | undefined, { xenstore }: Capture): SectorUnit | undefined {
  return backend === 'qemu' && xenstore ? sectorUnitOfDisk(xenstore) : undefined
}

function byRing(findings: readonly CheckFinding[]): Map<DecodedRing, CheckFinding[]> {
  const rings = new Map<DecodedRing, CheckFinding[]>()
  for (const finding of findings) rings.set(finding.decoded, [...(rings.get(finding.decoded) ?? []), finding])
  return rings
}
