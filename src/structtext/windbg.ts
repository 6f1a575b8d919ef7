// WinDbg's `dt`: a member a line, with its offset, nested by how far in it stands.
//   +0x030 Front  :
//      +0x000 req_prod_pvt : 0x4725
import type { Answer } from './lines.ts'
import type { Print } from './prints.ts'
import { numberIn } from './tokens.ts'
import type { CValue, Item } from './value.ts'

const MEMBER = /^([ \t]*)\+0x[\da-f]{1,8} ([\w.[\]]{1,64})[ \t]*:[ \t]*(.*)$/i
const NUMBER = /^(0x[\da-f`]{1,17}|0n-?\d{1,20}|-?\d{1,20})(?:[ \t]|$)/i
/** What `dt` says of members whose values it does not print. */
const MAX_DEPTH = 32

interface Open {
  readonly indent: number
  readonly items: Item[]
}

/** The structs that `dt` printed in an answer. */
export function* windbgPrints(answer: Answer): Generator<Print> {
  let open: Open[] = []
  let [first, last, place] = [0, 0, 0]
  const print = (): Print => ({
    answer,
    place: place++,
    label: undefined,
    at: undefined,
    value: braces(open[0]!.items),
    first,
    last,
  })
  for (const { text, number } of answer.lines) {
    const found = MEMBER.exec(text)
    if (!found) continue
    const [, space, name, said] = found as unknown as [string, string, string, string]
    const indent = space.length
    while (open.length > 1 && open.at(-1)!.indent > indent) open.pop()
    if (open.length > 0 && open[0]!.indent > indent) {
      yield print()
      open = []
    }
    if (open.length === 0) [open, first] = [[{ indent, items: [] }], number]
    const items = open.at(-1)!.items
    const value = saidValue(said)
    if (said.trim() === '' && open.length < MAX_DEPTH) {
      // Its members follow, further in; they are put into the same list that the item shows.
      const inner: Item[] = []
      items.push({ name, value: braces(inner), times: 1 })
      open.push({ indent: indent + 1, items: inner })
    } else items.push({ name, value, times: 1 })
    last = number
  }
  if (open.length > 0) yield print()
}

function braces(items: Item[]): CValue {
  return { kind: 'braces', type: undefined, address: undefined, items, isCut: false }
}

function saidValue(said: string): CValue {
  const found = NUMBER.exec(said)
  return found
    ? { kind: 'number', type: undefined, value: numberIn(found[1]!.replace(/^0n/i, '')) }
    : { kind: 'word', text: said.trim() }
}
