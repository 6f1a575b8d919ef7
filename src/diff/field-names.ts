// The names that `ignore` takes: those of the tables.
import type { CType, Struct } from '../codec/struct/c-types.ts'
import { blkifRequest, blkifRequestDiscard, blkifRequestIndirect, blkifResponse } from '../codec/xen/blkif.ts'
import { sringHeader } from '../codec/xen/ring.ts'

/** What is compared and is no field of a table. */
const OTHERS = ['state', 'padding', 'stale'] as const

/** Every name of a field that carries a value, and `state`, `padding` and `stale`. */
export const FIELD_NAMES: ReadonlySet<string> = new Set([
  ...[sringHeader, blkifRequest, blkifRequestIndirect, blkifRequestDiscard, blkifResponse].flatMap((type) => namesIn(type)),
  ...OTHERS,
])

function namesIn(type: Struct): string[] {
  return Object.entries(type.fields).flatMap(([name, field]) => (field.kind === 'reserved' ? [] : [name, ...namesBelow(field)]))
}

function namesBelow(type: CType): string[] {
  if (type.kind === 'array') return namesBelow(type.element)
  return type.kind === 'struct' ? namesIn(type) : []
}

/** The field's name proper: `gref` of `req.seg[2].gref`, `indirect_grefs` of `req.indirect_grefs[0]`, `sectors` of `sectors 3..5`. */
export function nameOfField(field: string): string {
  const space = field.indexOf(' ')
  if (space > 0) return field.slice(0, space)
  return field.slice(field.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '')
}

/**
 * Whether a difference in this field does not count. `gref` stands for the references to indirect pages
 * as well, and `seg` for all of a segment.
 */
export function isIgnored(field: string, kind: string, ignore: ReadonlySet<string>): boolean {
  if (ignore.size === 0) return false
  const name = nameOfField(field)
  if (kind === 'field' || kind === 'beneath' || kind === 'asked')
    return ignore.has(name) || (name === 'indirect_grefs' && ignore.has('gref')) || (field.includes('seg[') && ignore.has('seg'))
  return ignore.has(kind === 'stale' ? 'stale' : 'padding')
}
