// Writes fields by the paths that the codec gives them: `sring.req_prod`, `ring[3].req.seg[2].gref`, `indirect-17.seg[0].last_sect`.
import type { Emulator } from '../../blkfront/index.ts'
import type { Abi } from '../../codec/struct/abi.ts'
import type { Struct } from '../../codec/struct/c-types.ts'
import { decode } from '../../codec/struct/decode.ts'
import { encodeOver } from '../../codec/struct/encode.ts'
import { CodecError } from '../../codec/struct/errors.ts'
import { blkifIndirectPage, blkifRequest, blkifRequestDiscard, blkifRequestIndirect, blkifResponse } from '../../codec/xen/blkif.ts'
import { requestKind } from '../../codec/xen/operations.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import { ScenarioError } from '../file/index.ts'

const PATH = /^(?:(sring)|ring\[(\d+)\]\.(req|rw|indirect|discard|rsp)|indirect-(\d+))\.(.+)$/
const FORMS = 'sring.FIELD, ring[SLOT].req.FIELD, ring[SLOT].rsp.FIELD or indirect-GREF.seg[N].FIELD'

const STRUCTS = { rw: blkifRequest, indirect: blkifRequestIndirect, discard: blkifRequestDiscard, rsp: blkifResponse } as const

/** Where in the ring a struct lies. */
interface Place {
  readonly type: Struct
  readonly bytes: Uint8Array
  readonly at: number
}

/** `req` is the struct that the slot's operation names; `rw`, `indirect` and `discard` name one themselves. */
export function poke(emulator: Emulator, fields: ReadonlyMap<string, bigint>, path: string): void {
  const { abi } = emulator.frontend.ring.geometry
  for (const [name, value] of fields) {
    const where = `${path}.${name}`
    const match = PATH.exec(name)
    if (!match) throw new ScenarioError(where, `no field path; paths are ${FORMS}`)
    const place = placeOf(match, emulator, where)
    write(place, match[5]!, value, abi, where)
  }
}

function placeOf([, sring, slot, struct, gref]: RegExpExecArray, { frontend }: Emulator, where: string): Place {
  const { ring, guest } = frontend
  if (sring) return { type: sringHeader, bytes: ring.bytes, at: 0 }
  if (gref !== undefined) {
    const gfn = guest.grantTable.gfnOf(Number(gref))
    const frame = gfn === undefined ? undefined : guest.memory.frame(gfn)
    if (!frame) throw new ScenarioError(where, `reference ${gref} grants no page of the driver`)
    return { type: blkifIndirectPage, bytes: frame, at: 0 }
  }
  if (Number(slot) >= ring.geometry.nr_ents) throw new ScenarioError(where, `the ring has slots 0 to ${ring.geometry.nr_ents - 1}`)
  const at = ring.offsetOf(Number(slot))
  return { type: structOf(struct!, ring.bytes, at, ring.geometry.abi), bytes: ring.bytes, at }
}

function structOf(name: string, bytes: Uint8Array, at: number, abi: Abi): Struct {
  if (name !== 'req') return STRUCTS[name as keyof typeof STRUCTS]
  const kind = requestKind(decode(blkifRequest, abi, bytes, at).operation)
  return kind === 'other' ? blkifRequest : STRUCTS[kind]
}

function write({ type, bytes, at }: Place, field: string, value: bigint, abi: Abi, where: string): void {
  const whole = decode(type, abi, bytes, at) as object
  const steps = field.split(/\.|\[(\d+)\]/).filter((s) => s !== undefined && s !== '')
  let holder: object = whole
  for (const step of steps.slice(0, -1)) holder = own(holder, step, where) as object
  const last = steps.at(-1) ?? ''
  const old = own(holder, last, where)
  if (typeof old === 'object') throw new ScenarioError(where, 'is not one field but several: name one of them')
  // What no number holds exactly has no room in a field of numbers: the encoder says so, with every digit.
  const asNumber = typeof old === 'number' && Number.isSafeInteger(Number(value))
  Reflect.set(holder, last, asNumber ? Number(value) : value)
  try {
    encodeOver(type, abi, whole as never, bytes, at)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new ScenarioError(where, error.message.slice(error.message.indexOf(': ') + 2))
  }
}

function own(holder: unknown, key: string, where: string): unknown {
  if (typeof holder !== 'object' || holder === null) throw new ScenarioError(where, `nothing lies below a number: ${key}`)
  if (Object.hasOwn(holder, key) && key !== 'length') return Reflect.get(holder, key)
  const known = Array.isArray(holder) ? `[0] to [${holder.length - 1}]` : Object.keys(holder).join(', ')
  throw new ScenarioError(where, `there is no ${key}; there are ${known}`)
}
