// What a text calls the dump that follows: a line for it, or the name of a file of a dump folder in a command or a heading.
import { HEAD } from '../paste/prefix.ts'

/** `queue` where a folder queue-N is named. */
export type Label =
  | { readonly kind: 'ring'; readonly queue: number | undefined }
  /** One reference a page. */
  | { readonly kind: 'indirect'; readonly grefs: readonly number[] }

const DIRECTIVE = /^[ \t]*#[ \t]*(?:(ring)|indirect((?:[ \t,]+\d{1,10})+))[ \t]*$/i
const INDIRECT_FILE = /\bindirect[-_](\d{1,10})[._](?:bin|txt|hex)(?!\w)/
const RING_FILE = /(?:\bqueue[-_](\d{1,4})[/_])?\bring(?:[-_]\d+)?[._](?:bin|txt|hex)(?!\w)/

/** The last name in the line counts: `xxd ring.bin > indirect-5.bin` is no use anyway. */
export function labelIn(line: string): Label | undefined {
  const head = line.slice(0, HEAD)
  const directive = DIRECTIVE.exec(head)
  if (directive?.[1]) return { kind: 'ring', queue: undefined }
  const grefs = directive?.[2] ?? INDIRECT_FILE.exec(head)?.[1]
  if (grefs !== undefined)
    return {
      kind: 'indirect',
      grefs: grefs
        .split(/[ \t,]+/)
        .filter(Boolean)
        .map(Number),
    }
  const ring = RING_FILE.exec(head)
  return ring ? { kind: 'ring', queue: ring[1] === undefined ? undefined : Number(ring[1]) } : undefined
}
