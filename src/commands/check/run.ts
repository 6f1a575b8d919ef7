// The work of `check`: inputs to findings, one ring at a time.

import type { Capture } from '../../capture/capture.ts'
import { tryDecodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import {
  type BackendName,
  backendVerdicts,
  type CheckFinding,
  createChecker,
  type DecodedRing,
  type Rule,
  readByBackend,
  SEVERITIES,
} from '../../check/index.ts'
import type { SectorUnit } from '../../codec/ring/sector-unit.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { Style } from '../../print/style.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { sectorUnitOfDisk } from '../../xenstore/disk.ts'
import { openedInputs } from '../shared/inputs.ts'
import { inputNames } from './names.ts'
import type { CheckOptions } from './options.ts'
import { CHECK_PRINTERS } from './printers.ts'
import { Tally } from './tally.ts'

/** Checks every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export async function checkInputs(names: readonly string[], style: Style, options: CheckOptions): Promise<number> {
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
  const tally = options.summary || options.unique ? new Tally() : undefined
  const show: typeof print.ring = (decoded, findings, verdicts) => {
    const isNew = tally?.add(decoded, findings)
    if (!options.summary && (!options.unique || isNew)) print.ring(decoded, findings, verdicts)
  }
  for await (const { input, name } of inputsOf(names, options, onError)) {
    let checker = createChecker(rules)
    for (const dump of input.rings()) {
      if (options.apart) checker = createChecker(rules)
      const sectorUnit = options.sectorUnit ?? unitOf(backend, dump)
      const named = { ...dump, source: displayName(dump.source, name) }
      const decoded = tryDecodeCapture(named, { abi: options.abi, sectorUnit }, onError)
      if (!decoded) continue
      rings++
      const { note } = backend ? readByBackend(decoded, backend) : { note: undefined }
      const verdicts = backend && { backend, note, verdicts: backendVerdicts(decoded, backend) }
      show(decoded, count(checker.ring(decoded)), verdicts)
    }
    for (const [decoded, findings] of byRing(count(checker.end()))) show(decoded, findings, undefined)
  }
  print.end({ rings, counts, complete: exit === EXIT_CLEAN, tally })
  return exit === EXIT_CLEAN && SEVERITIES.slice(0, least + 1).some((s) => counts[s] > 0) ? EXIT_FINDINGS : exit
}

/** Every input, open while it is looked at. */
async function* inputsOf(names: readonly string[], options: CheckOptions, onError: (error: DumpError) => void) {
  for await (const { path, name } of inputNames(names, { ...options, onError }))
    for await (const input of openedInputs([path], options, { onError })) yield { input, name }
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
