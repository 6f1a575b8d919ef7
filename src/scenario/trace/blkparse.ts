// blkparse's default text, as `  202,0    1      205     3.141592653   811  D   R 4096 + 24 [dd]`. Where a request has no sectors the
// count is missing: `C  FN 0 [0]`, and `D  FN [dd]` without even the place. Commands of SCSI have their bytes in brackets instead:
// `D   R 36 (12 00 00 00 24 00) [dd]`, `C   R (12 00 00 00 24 00) [0]`. Other brackets hold the time that a request took.
import type { RequestEvent } from './ftrace.ts'

/** What every event begins with; no part of it can stand for another, so that no line is gone through twice. */
const HEAD = /^\s*(\d{1,10},\d{1,10})\s+\d+\s+\d+\s+\d+\.\d+\s+\d+\s+([A-Za-z]{1,2})\s/
const LETTERS = /\s*([A-Z]{1,16})(?=\s|$)\s*/y
const PLACE = /(\d{1,20})(?: \+ (\d{1,16}))?(?=[\s[]|$)\s*/y
const SPACES = /\s*/y
const U64_END = 2n ** 64n

/** `other`: an event that is neither issue (D) nor completion (C). `empty`: nothing at all. */
export function parseBlkparseLine(line: string): RequestEvent | 'empty' | 'other' | 'unknown' {
  if (line.trim() === '') return 'empty'
  const head = HEAD.exec(line)
  if (!head) return 'unknown'
  const [{ length }, device, action] = head as unknown as [string, string, string]
  // Actions other than D and C carry other things too (remaps, plugs, messages).
  if (action !== 'D' && action !== 'C') return 'other'
  const rest = restOf(line, length)
  if (!rest) return 'unknown'
  const { rwbs, place, count, inBrackets } = rest
  // Of a command that no driver of disks is sent nothing says which one it ends.
  if (action === 'C' && place === undefined && inBrackets) return 'other'
  // A number alone is a place where a request ends, and where one is issued the length of a command.
  const sector = BigInt((action === 'D' && count === undefined ? undefined : place) ?? 0)
  const nrSectors = Number(count ?? 0)
  if (sector >= U64_END || !Number.isSafeInteger(nrSectors)) return 'unknown'
  return { type: action === 'D' ? 'issue' : 'complete', device, rwbs, sector, nrSectors }
}

interface Rest {
  readonly rwbs: string
  readonly place: string | undefined
  readonly count: string | undefined
  readonly inBrackets: boolean
}

/** `R 4096 + 24 (500) [dd]`, of which the letters and the process must be there. */
function restOf(line: string, at: number): Rest | undefined {
  const letters = stick(LETTERS, line, at)
  if (!letters) return undefined
  const place = stick(PLACE, line, letters.end)
  let next = place?.end ?? letters.end
  const inBrackets = line[next] === '('
  if (inBrackets) {
    const close = line.indexOf(')', next)
    if (close < 0) return undefined
    next = stick(SPACES, line, close + 1)!.end
  }
  if (line[next] !== '[' || !line.trimEnd().endsWith(']')) return undefined
  return { rwbs: letters.groups[1]!, place: place?.groups[1], count: place?.groups[2], inBrackets }
}

function stick(pattern: RegExp, line: string, at: number) {
  pattern.lastIndex = at
  const groups = pattern.exec(line)
  return groups ? { groups, end: pattern.lastIndex } : undefined
}
