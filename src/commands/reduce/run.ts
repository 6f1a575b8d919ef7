// The work of `reduce`: a ring that breaks a rule in, a smaller one out, and what is left of it.
import { type DecodedCapture, tryDecodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { check, type Rule } from '../../check/index.ts'
import { annotateRing } from '../../codec/ring/annotate-ring.ts'
import { viewOf } from '../../codec/struct/scalar.ts'
import { SCALARS } from '../../codec/struct/scalar-coders.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { notOfOneRing } from '../../mutate/aimed.ts'
import { type ReducedRing, reduceRing } from '../../mutate/reduce/reduce.ts'
import { jsonText } from '../../print/printable.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { Style } from '../../print/style.ts'
import { count, printable } from '../../print/text.ts'
import { hexText } from '../../rows/row-table.ts'
import { EXIT_CLEAN, EXIT_FAILED } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { openedInput } from '../shared/inputs.ts'
import { type RingOutputOptions, writeRings } from '../shared/ring-output.ts'
import { ruleNamed } from '../shared/rule-named.ts'
import type { REDUCE } from './shape.ts'

export interface ReduceOptions extends InputOptions, RingOutputOptions {
  readonly rule: string
  readonly json: boolean
}

type Reduced = JsonOf<typeof REDUCE>

/** Writes the smaller ring and returns the exit code. @throws DumpError where no ring of the input breaks the rule */
export async function reduceInput(name: string, options: ReduceOptions, style: Style): Promise<number> {
  const { output, json } = options
  if (output === '-' && json) throw new Error('-o - and --json both want standard output: name a folder')
  const rule = ruleNamed(options.rule, '--rule')
  const why = notOfOneRing(rule)
  if (why !== undefined) throw new Error(`--rule ${rule.id}: a ring cannot be reduced for it: ${why}`)
  const decoded = await ringThatBreaks(name, rule, options)
  if (!decoded) return EXIT_FAILED
  const reduced = reduceRing(decoded, rule, options.abi)!
  const { ring, protocol, capture } = reduced.decoded
  await writeRings(
    [
      {
        bytes: capture.bytes,
        indirectPages: reduced.pages,
        queue: undefined,
        protocol: protocol.protocol,
        xenstore: capture.xenstore,
      },
    ],
    options,
  )
  if (output === '-') return EXIT_CLEAN
  const made: Reduced = {
    source: capture.source,
    rule: rule.id,
    before: sizeOfRing(decoded),
    after: sizeOfRing(reduced.decoded),
    tried: reduced.tried,
    smallest: !reduced.gaveUp,
    left: leftOf(ring, capture.bytes),
    findings: reduced.findings.map(({ rule: { id }, slot, message }) => ({ rule: id, slot, message })),
  }
  write(json ? `${jsonText(made, 2)}\n` : reducedText(made, reduced, style))
  return EXIT_CLEAN
}

/** @returns undefined where no ring could be read, which is said */
async function ringThatBreaks(name: string, rule: Rule, options: InputOptions): Promise<DecodedCapture | undefined> {
  let [rings, errors] = [0, 0]
  const onError = (error: DumpError) => {
    errors++
    report(error)
  }
  const input = await openedInput(name, options, { onError })
  try {
    for (const capture of input.rings()) {
      const decoded = tryDecodeCapture({ ...capture, source: displayName(capture.source, name) }, options, onError)
      if (!decoded) continue
      rings++
      if (check(decoded, [rule]).length > 0) return decoded
    }
  } finally {
    input.close()
  }
  if (rings === 0 && errors > 0) return undefined
  throw new DumpError(
    name,
    `${count(rings, 'ring')}, and none breaks ${rule.id}`,
    `blkring check --severity note ${name} lists what is broken`,
  )
}

function sizeOfRing({ capture: { bytes }, ring }: DecodedCapture): Reduced['after'] {
  const isHeld = ({ state }: { readonly state: string }) => state !== 'unused' && state !== 'cleared' && state !== 'unknown'
  return { pages: ring.geometry.pages, slots: ring.slots.filter(isHeld).length, bytes: bytes.filter((byte) => byte !== 0).length }
}

/** Fields and bytes that are not 0. */
function leftOf(ring: DecodedCapture['ring'], bytes: Uint8Array): Reduced['left'] {
  return annotateRing(ring).flatMap(({ path, scalar, offset, size }) => {
    const own = bytes.subarray(offset, offset + size)
    if (own.every((byte) => byte === 0)) return []
    return { path: path === '' ? 'bytes' : path, value: scalar ? String(SCALARS[scalar].read(viewOf(own), 0)) : hexText(own) }
  })
}

function reducedText(
  { source, before, after, tried, smallest, left, findings }: Reduced,
  { pages }: ReducedRing,
  style: Style,
): string {
  const of = (what: keyof typeof after, word: string) => `${after[what]} of ${count(before[what], word)}`
  const beside = pages.size === 0 ? '' : `, ${count(pages.size, 'indirect page')}`
  const more = smallest ? '' : '; there may be a smaller one'
  return [
    `${style.bold(printable(source))}: ${of('slots', 'slot')}, ${of('pages', 'page')}${beside}, ${after.bytes} of ${before.bytes} bytes that are not 0`,
    `${count(tried, 'ring')} tried${more}; what is left:`,
    ...left.map(({ path, value }) => `  ${path} ${value}`),
    ...findings.map(({ rule, message }) => `${style.bold(rule)}: ${printable(message)}`),
    '',
  ].join('\n')
}
