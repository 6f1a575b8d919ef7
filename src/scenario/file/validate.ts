// A plain value, as JSON or YAML give it, against the table: defaults filled in, numbers read, mistakes told by their place.
import { nearest } from '../../print/nearest.ts'
import { describeValue, parseNegative, parseQuantity, shortened } from './quantity.ts'
import { ScenarioError } from './scenario-error.ts'
import type { EitherSpec, IntegerSpec, OneOfSpec, RecordSpec, Spec, SpecNode } from './spec.ts'

/** Throws a `ScenarioError` at the first mistake. */
export function validate<V>(spec: Spec<V>, value: unknown, path = ''): V {
  return check(spec, value, path) as V
}

function check(spec: SpecNode, value: unknown, path: string): unknown {
  switch (spec.kind) {
    case 'integer':
      return checkInteger(spec, value, path)
    case 'u64':
      return quantity(value, true, path)
    case 'hex':
      return checkHex(spec.max, value, path)
    case 'boolean':
      if (typeof value !== 'boolean') throw new ScenarioError(path, `${describeValue(value)} is neither true nor false`)
      return value
    case 'choice':
      return checkChoice(spec.options, value, path)
    case 'list':
      if (!Array.isArray(value)) throw new ScenarioError(path, `${describeValue(value)} is not a list`)
      if (value.length > spec.max) throw tooManyEntries(path, value.length, spec.max)
      return value.map((item, i) => check(spec.of, item, `${path}[${i}]`))
    case 'tuple':
      if (!Array.isArray(value) || value.length !== spec.of.length)
        throw new ScenarioError(path, `${describeValue(value)} is not [${spec.names.join(', ')}]`)
      return spec.of.map((of, i) => check(of, value[i], `${path}[${i}]`))
    case 'record':
      return checkRecord(spec, value, path)
    case 'one-of':
      return checkOneOf(spec, value, path)
    case 'either':
      return check(alternative(spec, value), value, path)
    case 'paths':
      return checkPaths(value, path)
  }
}

export function tooManyEntries(path: string, entries: number, max: number): ScenarioError {
  return new ScenarioError(path, `${entries} entries; at most ${max} are possible`)
}

function quantity(value: unknown, suffix: boolean, path: string): bigint {
  const read = parseQuantity(value, suffix)
  if (typeof read === 'string') throw new ScenarioError(path, read)
  return read
}

function checkInteger(spec: IntegerSpec, value: unknown, path: string): number {
  const exact = (spec.min < 0 ? parseNegative(value) : undefined) ?? quantity(value, spec.suffix, path)
  if (spec.allowed && !spec.allowed.some((n) => BigInt(n) === exact))
    throw new ScenarioError(path, `${shown(value)} is not one of ${spec.allowed.join(', ')}`)
  if (exact < BigInt(spec.min)) throw new ScenarioError(path, `${shown(value)} is less than ${spec.min}`)
  if (exact > BigInt(spec.max)) throw new ScenarioError(path, `${shown(value)} is more than ${spec.max}`)
  if (exact % BigInt(spec.multipleOf) !== 0n)
    throw new ScenarioError(path, `${shown(value)} is not a multiple of ${spec.multipleOf}`)
  return Number(exact)
}

function checkHex(max: number, value: unknown, path: string): Uint8Array {
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(value))
    throw new ScenarioError(path, `${describeValue(value)} is not text of hexadecimal digits, two a byte`)
  const count = value.length / 2
  if (count > max) throw new ScenarioError(path, `${count} bytes; at most ${max} are possible`)
  return Uint8Array.from({ length: count }, (_, i) => Number.parseInt(value.slice(2 * i, 2 * i + 2), 16))
}

function shown(value: unknown): string {
  return shortened(String(value))
}

function checkChoice(options: readonly string[], value: unknown, path: string): string {
  if (typeof value === 'string' && options.includes(value)) return value
  const meant = typeof value === 'string' ? nearest(value, options) : undefined
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw new ScenarioError(path, `${describeValue(value)} is not one of ${options.join(', ')}${hint}`)
}

/** Keys of a map. Nothing is looked up through its prototype, so a key may have any name. */
function keysOf(value: unknown, path: string, what: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ScenarioError(path, `${describeValue(value)} is not ${what}`)
  return Object.keys(value)
}

function checkRecord({ fields }: RecordSpec, value: unknown, path: string): object {
  const known = Object.keys(fields)
  const given = value === null ? {} : value
  if (known.length === 0 && (typeof given !== 'object' || Array.isArray(given)))
    throw new ScenarioError(path, `takes nothing, not ${describeValue(given)}`)
  for (const key of keysOf(given, path, `a map of keys such as ${known[0]}`))
    if (!known.includes(key)) throw unknownKey(key, known, path, fields)
  const result: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const at = join(path, key)
    const item = Object.hasOwn(given as object, key) ? (given as Record<string, unknown>)[key] : undefined
    const present = item === undefined ? field.default : item
    result[key] = present === undefined ? undefined : check(field.spec, present, at)
  }
  return result
}

function checkOneOf({ noun, members }: OneOfSpec, value: unknown, path: string): { key: string; value: unknown } {
  const known = Object.keys(members)
  const bare = typeof value === 'string'
  const keys = bare ? [value] : keysOf(value, path, `a ${noun}: a map of one key, such as ${members[known[0]!]!.example}`)
  for (const key of keys) if (!known.includes(key)) throw unknownKey(key, known, path)
  const [key, ...more] = keys
  if (key === undefined) throw new ScenarioError(path, `an empty map is no ${noun}; there are ${known.join(', ')}`)
  if (more.length > 0) throw new ScenarioError(path, `a ${noun} has one key, not ${keys.length} (${keys.join(', ')})`)
  const item = bare ? null : (value as Record<string, unknown>)[key]
  return { key, value: check(members[key]!.spec, item, join(path, key)) }
}

function unknownKey(key: string, known: readonly string[], path: string, fields: RecordSpec['fields'] = {}): ScenarioError {
  const meant = deeper(key, fields) ?? nearest(key, known)
  const name = /^[\w-]{1,40}$/.test(key) ? key : JSON.stringify(key.slice(0, 40))
  return new ScenarioError(
    join(path, name),
    meant === undefined ? `unknown key; there are ${known.join(', ') || 'none'}` : `unknown key; did you mean ${meant}?`,
  )
}

/** The key stands one level too high. */
function deeper(key: string, fields: RecordSpec['fields']): string | undefined {
  const [home] = Object.entries(fields).find(([, { spec }]) => spec.kind === 'record' && Object.hasOwn(spec.fields, key)) ?? []
  return home === undefined ? undefined : `${home}.${key}`
}

/** The shape that a value is meant to have, by what it is. */
function alternative({ of }: EitherSpec, value: unknown): SpecNode {
  const wanted = (kind: SpecNode['kind']) =>
    of.find((s) => s.kind === kind || (s.kind === 'either' && s.of.some((t) => t.kind === kind)))
  const byShape = Array.isArray(value)
    ? wanted('list')
    : typeof value === 'boolean'
      ? wanted('boolean')
      : typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && /^-?\d/.test(value))
        ? (wanted('integer') ?? wanted('u64'))
        : typeof value === 'string'
          ? wanted('choice')
          : value !== null && typeof value === 'object'
            ? wanted('record')
            : undefined
  return byShape ?? of[0]!
}

function checkPaths(value: unknown, path: string): Map<string, bigint> {
  const keys = keysOf(value, path, 'a map of field paths, such as ring[0].req.nr_segments: 200')
  return new Map(
    keys.map((key) => {
      const item = (value as Record<string, unknown>)[key]
      const at = join(path, shortened(key))
      if (key.length > 100) throw new ScenarioError(at, 'too long for a field path')
      // s16 has negative values, and so may any other field have one too many.
      return [key, parseNegative(item) ?? quantity(item, true, at)]
    }),
  )
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
