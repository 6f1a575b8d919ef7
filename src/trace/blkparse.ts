// blkparse's default text, as `  202,0    1      205     3.141592653   811  D   R 4096 + 24 [dd]`. Where a request has no sectors the
// count is missing: `C  FN 0 [0]`, and `D  FN [dd]` without even the place. Commands of SCSI have their bytes in brackets instead:
// `D   R 36 (12 00 00 00 24 00) [dd]`, `C   R (12 00 00 00 24 00) [0]`. Other brackets hold the time that a request took.
import type { RequestEvent } from './ftrace.ts'

const LINE =
  /^\s*(\d+,\d+)\s+\d+\s+\d+\s+\d+\.\d+\s+\d+\s+([A-Z]{1,2})\s+([A-Z]+)(?:\s+(\d+)(?: \+ (\d+))?)?(?:\s+(\(.*\)))?\s*\[.*\]\s*$/
/** Any event: actions other than D and C carry other things too (remaps, plugs, messages). */
const EVENT = /^\s*\d+,\d+\s+\d+\s+\d+\s+\d+\.\d+\s+\d+\s+[A-Za-z]{1,2}\s/

/** `other`: an action that is neither issue (D) nor completion (C). `empty`: nothing at all. */
export function parseBlkparseLine(line: string): RequestEvent | 'empty' | 'other' | 'unknown' {
  if (line.trim() === '') return 'empty'
  const match = LINE.exec(line)
  if (!match) return EVENT.test(line) ? 'other' : 'unknown'
  const [, device, action, rwbs, place = '0', count = '0', brackets] = match as unknown as string[]
  if (action !== 'D' && action !== 'C') return 'other'
  // Of a command that no driver of disks is sent nothing says which one it ends.
  if (action === 'C' && match[4] === undefined && brackets !== undefined) return 'other'
  // A number alone is a place where a request ends, and where one is issued the length of a command.
  const sector = action === 'D' && match[5] === undefined ? '0' : place
  return {
    type: action === 'D' ? 'issue' : 'complete',
    device: device!,
    rwbs: rwbs!,
    sector: BigInt(sector),
    nrSectors: Number(count),
  }
}
