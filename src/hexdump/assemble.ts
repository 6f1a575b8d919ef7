// Lines with addresses to dumps: what lies together, what is left out, what a `*` stands for.
import { count } from '../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { Mistake, Placed, Squeeze } from './block.ts'
import { Run } from './run.ts'

/** Bytes that a text may stand for beyond those that are written in it: more than any ring with its indirect pages has. */
const MAX_BYTES = 16 * 2 ** 20
export const TOO_MUCH = 'the dumps before are 16 MiB; the rest is not read'
/** A file's offsets may leave out so much of one dump: the largest ring. */
const MAX_SKIPPED = 16 * XEN_PAGE_SIZE

/** A few lines can stand for more bytes than there is memory: by a `*`, or each for a page of which it gives a few bytes. */
export class Budget {
  #left: number

  constructor(bytes = MAX_BYTES) {
    this.#left = bytes
  }

  /** @returns whether there was as much left */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }
}

/** @param format what the lines are in */
export function assemble(placed: Iterable<Placed>, format: string, budget: Budget): { runs: Run[]; mistakes: Mistake[] } {
  const runs: Run[] = []
  const mistakes: Mistake[] = []
  let run: Run | undefined
  let last: (Placed & { kind: 'line' }) | undefined
  let star: Squeeze | undefined
  for (const item of placed) {
    if (item.kind === 'squeeze') {
      star ??= item
      continue
    }
    const ahead: number | undefined = run && distanceTo(run, item.address)
    if (star !== undefined && run && ahead !== 0) {
      if (ahead !== undefined && ahead > 0 && last && budget.take(ahead)) {
        // Of a line that is not whole, what it gives is not repeated.
        const end: number = run.length + ahead
        const unread = Math.min(ahead, star.unread.length * (last.bytes.length + last.missing))
        if (last.missing === 0) run.repeat(last.bytes, end - unread)
        run.skip(end)
        if (unread > 0) mistakes.push(lostLine(star, unread))
      } else mistakes.push(openStar(star))
    }
    star = undefined
    if (item.kind === 'end') {
      const missing: number | undefined = run && distanceTo(run, item.address)
      if (missing !== undefined && missing > 0 && missing < mostSkipped(run!) && budget.take(missing))
        run!.skip(run!.length + missing)
      // A line behind it is of another dump, though it be the same.
      last = undefined
      continue
    }
    if (last && last.address === item.address && String(last.bytes) === String(item.bytes)) continue
    if (!run || !continues(run, item.address) || !budget.take(Math.max(0, distanceTo(run, item.address) ?? 0))) {
      if (!budget.take(XEN_PAGE_SIZE)) {
        mistakes.push({ line: item.number, column: 1, message: TOO_MUCH })
        break
      }
      run = new Run(format, item.address, item.number)
      runs.push(run)
    }
    if (item.mistake) mistakes.push(item.mistake)
    const offset = run.length + distanceTo(run, item.address)!
    if (!run.put(offset, item.bytes)) {
      const message = `the bytes at 0x${item.address.toString(16)} were there before, and were others; the first are taken`
      mistakes.push({ line: item.number, column: 1, message })
    }
    run.lastLine = item.number
    last = item
  }
  if (star !== undefined) mistakes.push(openStar(star))
  return { runs, mistakes }
}

function lostLine({ unread }: Squeeze, bytes: number): Mistake {
  return {
    line: unread[0]!,
    column: 1,
    message: `no line of the dump, and it stands where "*" ends; ${count(bytes, 'byte is', 'bytes are')} not known`,
  }
}

function openStar({ number: line }: Squeeze): Mistake {
  return { line, column: 1, message: '"*" without an address behind it that it could reach: how far it goes is not known' }
}

/** Bytes from the end of the run to an address, negative before it; undefined where that is far. */
function distanceTo(run: Run, address: bigint): number | undefined {
  const distance = address - (run.address! + BigInt(run.length))
  return distance >= -BigInt(run.length) && distance <= BigInt(MAX_BYTES) ? Number(distance) : undefined
}

/**
 * Whether a line is of the same dump. What begins again, or at a page of its own, is another; but the offsets of a file
 * that begin with 0 may leave out pages.
 */
function continues(run: Run, address: bigint): boolean {
  const ahead = distanceTo(run, address)
  if (ahead === undefined) return false
  if (ahead < 0) return address !== run.address && address % BigInt(XEN_PAGE_SIZE) !== 0n
  return ahead < mostSkipped(run)
}

function mostSkipped(run: Run): number {
  return run.address === 0n ? MAX_SKIPPED : XEN_PAGE_SIZE
}
