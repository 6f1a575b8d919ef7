// Lines that name the fields of a block tracepoint, as scripts of bpftrace print them and `perf trace` does:
//   block_rq_issue dev=211812352 sector=2048 nr_sector=88 rwbs=R comm=dd
//   0.000 dd/998 block:block_rq_issue(dev: 211812352, sector: 2048, nr_sector: 88, bytes: 45056, rwbs: "R", comm: "dd")
// and those that print them in the kernel's own order: `202,0 R 2048 + 88 [dd]`.

import type { RequestEvent } from './ftrace.ts'
import { U64_END } from './ftrace.ts'
import type { ParsedLine } from './parsed-line.ts'

const FIELD = /(?<!\w)(dev|sector|nr_sectors?|bytes|rwbs|error|major|minor)\s?[=:]\s?"?(\w[\w,]{0,31})/g
const IN_ORDER = /(?<![\w.,])(\d{1,10},\d{1,10}) ([A-Z]{1,16}) (?:\d+ )?(?:\(\) )?(\d{1,20}) \+ (\d{1,16})(?![\w.])/
/** Bytes of a line that are looked at: a command line may stand behind the fields. */
const MAX_LINE = 4096
/** The kernel's dev_t: so many bits below the major number. */
const MINOR_BITS = 20
const SECTOR = 512

/** The fields that a line names, or has in the kernel's order. A line that names `error` or the completion is one. */
export function parseFieldsLine(whole: string): ParsedLine {
  const line = whole.slice(0, MAX_LINE)
  if (line.trim() === '') return 'empty'
  if (/^Attaching \d+ probes?\.\.\./.test(line)) return 'other'
  const ordered = IN_ORDER.exec(line)
  if (ordered) {
    const [, device, rwbs, sector, count] = ordered as unknown as [string, string, string, string, string]
    return eventOf(isCompletion(line), device, rwbs, BigInt(sector), Number(count))
  }
  const fields = new Map([...line.matchAll(FIELD)].map(([, name, value]) => [name!.replace('sectors', 'sector'), value!]))
  if (fields.size === 0) return 'unknown'
  const [sector, count, device] = [whole64(fields.get('sector')), countOf(fields), deviceOf(fields)]
  const rwbs = fields.get('rwbs')
  if (sector === undefined || count === undefined || device === undefined || rwbs === undefined) return 'unknown'
  return eventOf(isCompletion(line) || fields.has('error'), device, rwbs, sector, count)
}

function isCompletion(line: string): boolean {
  return /\b(?:block_rq_)?complete\b|\bblock_io_done\b/.test(line)
}

function eventOf(completes: boolean, device: string, rwbs: string, sector: bigint, nrSectors: number): RequestEvent | 'unknown' {
  if (sector >= U64_END || !Number.isSafeInteger(nrSectors)) return 'unknown'
  return { type: completes ? 'complete' : 'issue', device, rwbs, sector, nrSectors }
}

function countOf(fields: ReadonlyMap<string, string>): number | undefined {
  const [sectors, bytes] = [whole64(fields.get('nr_sector')), whole64(fields.get('bytes'))]
  if (sectors !== undefined) return Number(sectors)
  return bytes === undefined ? undefined : Number(bytes) / SECTOR
}

/** `202,0` as it is, and of a number the kernel's two parts of it. */
function deviceOf(fields: ReadonlyMap<string, string>): string | undefined {
  const dev = fields.get('dev')
  const [major, minor] = [whole64(fields.get('major')), whole64(fields.get('minor'))]
  if (dev === undefined) return major === undefined || minor === undefined ? undefined : `${major},${minor}`
  if (/^\d+,\d+,?$/.test(dev)) return dev.replace(/,$/, '')
  const number = Number(whole64(dev))
  return Number.isSafeInteger(number) ? `${Math.floor(number / 2 ** MINOR_BITS)},${number % 2 ** MINOR_BITS}` : undefined
}

function whole64(text: string | undefined): bigint | undefined {
  return text !== undefined && /^(?:\d{1,20}|0x[\da-f]{1,16}),?$/i.test(text) ? BigInt(text.replace(/,$/, '')) : undefined
}
