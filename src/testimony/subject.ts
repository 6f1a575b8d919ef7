// What a command asks a debugger for: which struct, where, through which variable.

/** What a command names: keys of what the values that it prints belong to. */
export interface AskedFor {
  /** `rinfo:ADDRESS` and the like, of an address in the command. */
  readonly address: string | undefined
  /** The variable, or the path before the ring's own members: `$ri`, `info.rinfo[1]`. */
  readonly variable: string | undefined
  /** The address of a slot that the command names. */
  readonly slotAddress: bigint | undefined
  /** The type of a struct that the command names, of which members alone may be printed. */
  readonly type: string | undefined
}

const NO_SUBJECT: AskedFor = { address: undefined, variable: undefined, slotAddress: undefined, type: undefined }

/** By the type of a struct, what an address of it is the address of. */
export const PLACES: Readonly<Record<string, string>> = {
  blkfront_ring_info: 'rinfo',
  blkif_front_ring: 'front',
  blkif_sring: 'sring',
  blk_shadow: 'shadow',
  blkfront_info: 'info',
  xen_blkif_ring: 'back',
  _XENVBD_RING: 'xenvbd',
}

/** `struct -x blk_shadow.request,status ADDRESS 32`, `union T ADDRESS`, `*T ADDRESS` of crash. */
const CRASH =
  /^(?:(?:struct|union|list)\b.*?\b|\*\s*)(blkfront_ring_info|blkif_front_ring|blkif_sring|blk_shadow|blkfront_info|xen_blkif_ring)\b([^ ]*)(.*)$/
/** `union blkif_sring_entry ADDRESS 32`, `struct blkif_request -x ADDRESS` of crash. */
const SLOTS = /^(?:(?:struct|union)\b.*?\b|\*\s*)(?:blkif_sring_entry|blkif_request)\b(.*)$/
const WINDBG = /^dt\s.*?!?(_XENVBD_RING)\b(.*)$/i
const HEX = /(?:^|\s)(?:0x)?([\da-f]{8,16}|[\da-f]{8}`[\da-f]{8})(?=\s|$)/i
/** `(struct T *)ADDRESS` of gdb and drgn, `Object(prog, "struct T", address=ADDRESS)` of drgn. */
const CAST = /(?:struct|union) (\w+)(?: \*)?['")]?\)?,?\s*(?:address=|value=)?\(?(0x[\da-f]{8,16})/i
const VERB = /^(?:gdb\s+)?(?:p|print|output|inspect|call|pp)(?:\/\w+)?\s+(?:-x\s+|-d\s+)?/
const PATH = /[$A-Za-z_][\w$]*(?:(?:\.|->)[A-Za-z_]\w*(?!\w*\()|\[\w{1,10}\])*/g
/** The members of a queue, of its front ring, its shared ring and the backend's. */
const OWN =
  /(?:\.|->)(?:ring|shadow|sring|ring_ref|evtchn|irq|shadow_free|dev_info|blk_rings?|inflight|waiting_reqs|pending_free|req_prod_pvt|rsp_cons|rsp_prod_pvt|req_cons|nr_ents|req_prod|req_event|rsp_prod|rsp_event)\b/
const WORDS = new Set([
  'struct',
  'union',
  'for',
  'in',
  'print',
  'int',
  'hex',
  'range',
  'char',
  'unsigned',
  'long',
  'prog',
  'cast',
  '_',
  'f',
  'b',
  'x',
  'i',
])

/** What stands in a command. */
export function askedBy(command: string): AskedFor {
  const crash = CRASH.exec(command) ?? WINDBG.exec(command)
  if (crash) {
    const place = PLACES[crash[1]!]
    const hex = HEX.exec(crash[3] ?? crash[2]!)?.[1]
    return { ...NO_SUBJECT, address: place && hex ? keyOf(place, BigInt(`0x${hex.replace('`', '')}`)) : undefined, type: crash[1] }
  }
  const slot = SLOTS.exec(command)
  const at = slot && HEX.exec(slot[1]!)?.[1]
  if (at) return { ...NO_SUBJECT, slotAddress: BigInt(`0x${at}`) }
  const address = castIn(command)
  return { ...NO_SUBJECT, address, variable: address === undefined ? variableIn(command.replace(VERB, '')) : undefined }
}

/** A key of an address. */
export function keyOf(place: string, address: bigint): string {
  return `${place}:${address.toString(16)}`
}

function castIn(text: string): string | undefined {
  const cast = CAST.exec(text)
  const place = cast && PLACES[cast[1]!]
  return place ? keyOf(place, BigInt(cast![2]!)) : undefined
}

/** The first path that goes on to a member of a ring; else the first that is a variable. */
function variableIn(text: string): string | undefined {
  let first: string | undefined
  for (const [path] of text.matchAll(PATH)) {
    if (WORDS.has(path)) continue
    const own = OWN.exec(path)
    if (own && own.index > 0) return withoutZero(path.slice(0, own.index))
    first ??= path
  }
  return first && withoutZero(first)
}

/** The first element of a pointer is what it points to. */
function withoutZero(path: string): string {
  return path.replace(/\[0\]$/, '')
}

/** A variable that a command sets, and what to. */
export interface Assignment {
  readonly variable: string
  readonly subject: AskedFor
  /** It is set to what the subject is, or a part of that; else to what nobody can tell. */
  readonly isSame: boolean
}

const SET = /^(?:gdb\s+)?(?:set\s+(?:var(?:iable)?\s+)?|p(?:rint)?(?:\/\w+)?\s+)?(\$\w+|[A-Za-z_]\w*)\s*=(?!=)\s*(.+)$/
const PURE = /^[*&(\s]*[$\w]+(?:(?:\.|->)\w+|\[\w+\])*[)\s]*$/

/** `set $ri = $info->rinfo`, `s = rinfo.ring.sring`. */
export function assignmentIn(command: string): Assignment | undefined {
  const found = SET.exec(command)
  if (!found || found[1] === '_') return undefined
  const [variable, value] = [found[1]!, found[2]!]
  const address = castIn(value)
  if (address !== undefined && !/[+-]\s*\w/.test(value.slice(value.indexOf('0x') + 2)))
    return { variable, subject: { ...NO_SUBJECT, address }, isSame: true }
  const isSame = PURE.test(value)
  return { variable, subject: isSame ? { ...NO_SUBJECT, variable: variableIn(value) } : NO_SUBJECT, isSame }
}

const INDEX = /(?:\.|->)((?:req|rsp)_(?:prod_pvt|prod|cons|event)|nr_ents|evtchn)\b/g

/** The indices that a command asks for one by one, in its order. */
export function indicesAskedFor(command: string): string[] {
  return Array.from(command.matchAll(INDEX), ([, name]) => name!)
}

const LOOP = /print\((.*)\)\s+for\s/
const MEMBER = /(?:\.|->)(\w+)(?!\w*\()/g

/** The members that a loop prints in columns: `print(p.id, int(p.nr_segs)) for p in ...`. */
export function columnsAskedFor(command: string): string[] {
  const list = LOOP.exec(command)?.[1]
  if (list === undefined) return []
  return argumentsOf(list).map(
    (argument) => [...argument.matchAll(MEMBER)].map(([, name]) => name!).find((name) => name !== 'counter') ?? '',
  )
}

/** The arguments of a call, cut at the commas that stand in no parentheses. */
function argumentsOf(list: string): string[] {
  const found: string[] = []
  let [from, depth] = [0, 0]
  for (let at = 0; at <= list.length; at++) {
    const c = list[at]
    if (c === '(' || c === '[') depth++
    else if (c === ')' || c === ']') depth--
    else if (c === undefined || (c === ',' && depth === 0)) {
      found.push(list.slice(from, at))
      from = at + 1
    }
  }
  return found
}
