// What must hold of whatever a command prints, and of what it prints of rings that are known.
import { csvMismatch, layoutOfProtocol, type Printed, ringMismatch, slotsMismatch, used } from '../../test/support/against-plain.ts'
import { type PlainLayout, type PlainOptions, plainRing } from '../../test/support/plain-decoder.ts'
import { type Ran, shown } from './run-command.ts'
import { expectPrintable } from './views.ts'

/** A ring of an input, of which is known what it holds. */
export interface KnownRing extends PlainOptions {
  readonly bytes: Uint8Array
  /** Of a device with several. */
  readonly queue?: number
}

export class Wrong extends Error {
  constructor(ran: Ran, problem: string) {
    super(`${problem}, in \`${shown(ran.args)}\``)
  }
}

/** What JavaScript says of a mistake of ours: nobody writes that for users. */
const OURS =
  /Cannot (read|set|access|convert|mix|destructure|perform)|is not (a function|iterable|defined|a constructor|extensible)|Invalid (array|typed array|string|count|regular)|Maximum call stack|allocation failed|heap out of memory|out of bounds|must be of type|\[object |\bundefined\b|\bNaN\b|^ {4}at /m

/** Of every run. */
export function expectDecent(ran: Ran): void {
  const { args, stdout, stderr, exit } = ran
  if (![0, 1, 2].includes(exit)) throw new Wrong(ran, `exit code ${exit}`)
  if (exit === 2 && stderr === '') throw new Wrong(ran, 'exit code 2, and not a word why')
  // Where the rings go to standard output, mutate says on standard error how each came to be.
  const isLog = args[0] === 'mutate' && args.includes('-o')
  const odd = stderr.split('\n').find((line) => line !== '' && !/^blkring: ./.test(line) && !(isLog && /^\d+ {2}./.test(line)))
  if (odd !== undefined) throw new Wrong(ran, `on standard error ${JSON.stringify(odd.slice(0, 100))}`)
  const ours = OURS.exec(stderr)
  if (ours)
    throw new Wrong(ran, `an error of its own: ${JSON.stringify(stderr.slice(Math.max(0, ours.index - 60), ours.index + 120))}`)
  expectPrintable(stderr.replaceAll('\n', ''))
  // Rings on standard output are bytes.
  const isBytes = ['encode', 'mutate', 'reduce'].includes(args[0]!) && args.some((arg, i) => arg === '-' && args[i - 1] === '-o')
  if (!isBytes) expectPrintable(stdout)
  if (args.includes('--json') || args.includes('--sarif')) jsonOf(ran)
}

/** What was printed, parsed; undefined where an error came before all output. */
export function jsonOf(ran: Ran): unknown {
  if (ran.stdout === '' && ran.exit === 2) return undefined
  try {
    return JSON.parse(ran.stdout)
  } catch (error) {
    throw new Wrong(ran, `no JSON: ${(error as Error).message}`)
  }
}

const LAYOUTS: readonly PlainLayout[] = ['x86_64', 'x86_32']

/** The rings of an input, all of them in order, as `decode` printed them. @param layout that was asked for; undefined where any may be */
export function expectRings(ran: Ran, rings: readonly KnownRing[], layout: PlainLayout | undefined): void {
  if (ran.args.includes('--json')) expectJson(ran, rings, layout)
  else expectSlotLines(ran, rings, layout)
}

function expectSlotLines(ran: Ran, rings: readonly KnownRing[], layout: PlainLayout | undefined): void {
  const isCsv = ran.args.includes('--csv')
  const lines = ran.stdout.split('\n').slice(isCsv ? 1 : 0, -1)
  const byRing = new Map<string, string[]>()
  for (const line of lines) {
    const { snapshot = 0, queue = '' } = isCsv ? csvPlace(line) : (JSON.parse(line) as { snapshot?: number; queue?: number })
    const own = byRing.get(`${snapshot}/${queue}`) ?? []
    if (own.push(line) === 1) byRing.set(`${snapshot}/${queue}`, own)
  }
  for (const [n, ring] of rings.entries()) {
    // Queues of a device are rings of one moment.
    const number = ring.queue === undefined ? n : 0
    const key = `${number}/${ring.queue ?? ''}`
    const own = byRing.get(key) ?? []
    byRing.delete(key)
    const found = (layout ? [layout] : LAYOUTS).map((tried) => {
      const plain = used(plainRing(ring.bytes, tried, ring))
      const parsed = () => own.map((line) => JSON.parse(line))
      if (!isCsv) return slotsMismatch(parsed(), plain)
      if (own.length !== plain.length) return `${own.length} lines of ${plain.length}`
      return plain.map((slot, i) => csvMismatch(own[i]!, slot, number, ring.queue)).find((problem) => problem !== undefined)
    })
    // Where the tool chooses, one of the two must be right throughout.
    if (found.every((problem) => problem !== undefined)) throw new Wrong(ran, `ring ${n}: ${found[0]}`)
  }
  if (byRing.size > 0) throw new Wrong(ran, `lines of rings that are not there: ${[...byRing.keys()].slice(0, 5)}`)
}

function csvPlace(line: string): { readonly snapshot: string; readonly queue: string } {
  const [snapshot = '', queue = ''] = line.split(',', 2)
  return { snapshot, queue }
}

/** `stats --json` of one ring: what it counts are its slots. */
export function expectCounts(ran: Ran, ring: KnownRing, layout: PlainLayout): void {
  const json = jsonOf(ran) as { readonly rings: readonly Printed[] } | undefined
  const { slots, outstanding, nr_ents } = plainRing(ring.bytes, layout, ring)
  if (!json || outstanding === null || outstanding > nr_ents) return
  const count = (state: string) => slots.filter((slot) => slot.state === state).length
  for (const [name, state] of [
    ['requests', 'request'],
    ['responses', 'response'],
  ] as const) {
    const printed = json.rings[0]?.[name]
    if (printed !== count(state)) throw new Wrong(ran, `${name}: printed ${printed}, are ${count(state)}`)
  }
}

function expectJson(ran: Ran, rings: readonly KnownRing[], layout: PlainLayout | undefined): void {
  const json = jsonOf(ran)
  const printed = (Array.isArray(json) ? json : json === undefined ? [] : [json]) as Printed[]
  if (printed.length !== rings.length) throw new Wrong(ran, `${printed.length} rings of ${rings.length}`)
  for (const [n, ring] of rings.entries()) {
    const found = ringMismatch(printed[n]!, ring.bytes, layout ?? layoutOfProtocol(printed[n]!['protocol']), ring)
    if (found !== undefined) throw new Wrong(ran, `ring ${n}: ${found}`)
  }
}

interface Area {
  readonly name: string
  readonly offset: number
  readonly size: number
  readonly ranges: readonly { readonly offset: number; readonly size: number; readonly bytes: string }[]
}

/** `inspect --json`: every byte of the ring lies in one range of one area, and is what it is. */
export function expectEveryByte(ran: Ran, bytes: Uint8Array): void {
  const json = jsonOf(ran) as { readonly nr_ents: number; readonly areas: readonly Area[] } | undefined
  if (!json) throw new Wrong(ran, 'nothing printed')
  let at = 0
  let hex = ''
  for (const { name, offset, size, ranges } of json.areas) {
    if (offset !== at) throw new Wrong(ran, `${name} at ${offset}, behind ${at}`)
    for (const range of ranges) {
      if (range.offset !== at) throw new Wrong(ran, `a range at ${range.offset}, behind ${at}`)
      at += range.size
      hex += range.bytes
    }
    if (at !== offset + size) throw new Wrong(ran, `${name} ends at ${offset + size}, its ranges at ${at}`)
  }
  if (at !== bytes.length) throw new Wrong(ran, `ranges of ${at} bytes of ${bytes.length}`)
  if (hex !== Buffer.from(bytes).toString('hex')) throw new Wrong(ran, 'bytes that the input does not have')
  const slots = json.areas.filter(({ name }) => name === 'slot').length
  if (slots !== json.nr_ents) throw new Wrong(ran, `${slots} slots of ${json.nr_ents}`)
}

/** Of a trace: lines with requests, the words on standard error, and nothing else. */
export function expectLines(ran: Ran, lines: { readonly requests: number; readonly left: number; readonly skipped: number }): void {
  const json = jsonOf(ran) as { readonly requests: readonly unknown[] } | undefined
  const said = (pattern: RegExp) => [...ran.stderr.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0)
  const found = {
    requests: json?.requests.length ?? 0,
    left: said(/(\d+) (?:line|event)s? (?:of other devices )?left out/g),
    skipped: said(/(\d+) lines? skipped/g),
  }
  for (const name of ['requests', 'left', 'skipped'] as const)
    if (found[name] !== lines[name])
      throw new Wrong(ran, `a trace with ${lines[name]} lines "${name}": ${found[name]} accounted for`)
}
