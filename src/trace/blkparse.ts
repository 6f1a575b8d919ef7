// blkparse's default text: `  8,0    3        1     0.000000000   697  D   R 223490 + 8 [kjournald]`.
import type { RequestEvent } from './ftrace.ts'

const LINE = /^\s*(\d+,\d+)\s+\d+\s+\d+\s+\d+\.\d+\s+\d+\s+([A-Z]{1,2})\s+([A-Z]+)(?:\s+(\d+) \+ (\d+))?(?:\s+\(.*\))?\s*\[.*\]\s*$/
/** Any event: actions other than D and C carry other things too (remaps, plugs, messages). */
const EVENT = /^\s*\d+,\d+\s+\d+\s+\d+\s+\d+\.\d+\s+\d+\s+[A-Za-z]{1,2}\s/

/** `other`: an action that is neither issue (D) nor completion (C). `empty`: nothing at all. */
export function parseBlkparseLine(line: string): RequestEvent | 'empty' | 'other' | 'unknown' {
  if (line.trim() === '') return 'empty'
  const match = LINE.exec(line)
  if (!match) return EVENT.test(line) ? 'other' : 'unknown'
  const [, device, action, rwbs, sector = '0', count = '0'] = match as unknown as string[]
  if (action !== 'D' && action !== 'C') return 'other'
  return {
    type: action === 'D' ? 'issue' : 'complete',
    device: device!,
    rwbs: rwbs!,
    sector: BigInt(sector),
    nrSectors: Number(count),
  }
}
