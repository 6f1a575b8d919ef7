// Two dumps of one page are one moment, where they do not contradict each other: people print a core again and again, in words of
// other sizes, in other bases, its header first.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { PLAIN, PYTHON } from './formats.ts'
import type { TextDump } from './parse.ts'
import type { Run } from './run.ts'

/** Below it an address is an offset in a file, and files that begin alike are others. */
const MIN_ADDRESS = 2n ** 16n
/** As many bytes that are the same are no chance: the head of a ring. */
const MIN_SAME = 64

/** @param isSession the text is what was typed to a debugger and came of it: dumps without addresses are of the one memory too */
export function onePerMoment(dumps: readonly TextDump[], isSession: boolean): TextDump[] {
  const byPage = new Map<bigint, Run>()
  /** Without addresses, by what they begin with. */
  const byHead = new Map<string, Run>()
  return dumps.filter(({ run, label }) => {
    if (label) return true
    const { address } = run
    const first = address === undefined ? undefined : address / BigInt(XEN_PAGE_SIZE)
    const isFar = address !== undefined && address >= MIN_ADDRESS
    const head = isSession ? headOf(run) : undefined
    const before = (isFar ? byPage.get(first!) : undefined) ?? (isBare(run) || !isFar ? head && byHead.get(head) : undefined)
    if (before && taken(before, run)) {
      before.also.push([run.firstLine, run.lastLine])
      return false
    }
    if (isFar) byPage.set(first!, run)
    if (head !== undefined) byHead.set(head, run)
    return true
  })
}

/** Without an address, and so of the memory that the session is of. */
function isBare({ address, format }: Run): boolean {
  return address === undefined && (format === PLAIN || format === PYTHON)
}

/** The indices of a ring; undefined where the run does not give them. */
function headOf({ bytes, known, address }: Run): string | undefined {
  const inPage = address === undefined ? 0n : address % BigInt(XEN_PAGE_SIZE)
  return inPage === 0n && known.length >= MIN_SAME && !known.subarray(0, MIN_SAME).includes(0)
    ? bytes.subarray(0, 16).join()
    : undefined
}

/** Puts a run to one of the same page, where all that both give is the same. @returns whether it is */
function taken(into: Run, run: Run): boolean {
  const from = into.address === undefined || run.address === undefined ? 0 : Number(run.address - into.address)
  if (from < 0 || from > into.length) return false
  let same = 0
  const shared = Math.min(run.length, into.length - from)
  for (let i = 0; i < shared; i++) {
    if (!run.known[i] || !into.known[from + i]) continue
    if (run.bytes[i] !== into.bytes[from + i]) return false
    same++
  }
  if (same === 0 || (same < MIN_SAME && same < run.length)) return false
  into.put(from, run.bytes, run.known)
  return true
}
