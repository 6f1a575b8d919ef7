// Bytes that named values are laid on: two values that say different things of one byte are a mistake of whoever named them.
import type { Abi } from '../../codec/struct/abi.ts'
import type { CType, Scalar } from '../../codec/struct/c-types.ts'
import { sizeOf, valueFields } from '../../codec/struct/layout.ts'
import { viewOf } from '../../codec/struct/scalar.ts'
import { SCALARS } from '../../codec/struct/scalar-coders.ts'

/** A value that cannot become bytes: the message names its key, what is wrong, and what to do. */
export class EncodeError extends Error {
  constructor(where: string, problem: string, cure?: string) {
    super(`${where}: ${problem}${cure === undefined ? '' : `; ${cure}`}`)
    this.name = 'EncodeError'
  }
}

/**
 * A ring's bytes, or a page's, under values of JSON. Over bytes that are there, a value that these bytes have already says nothing new:
 * of several readings of the same bytes the one that was changed counts.
 */
export class Canvas {
  readonly bytes: Uint8Array
  readonly #base: DataView | undefined
  readonly #view: DataView
  /** By byte the number of the key that wrote it, from 1 on. */
  readonly #writtenBy: Uint32Array
  readonly #keys: string[] = ['']

  /** @param over what lies there already; without it every byte is 0 */
  constructor(length: number, over?: Uint8Array) {
    this.bytes = new Uint8Array(length)
    if (over) this.bytes.set(over.subarray(0, length))
    this.#base = over && viewOf(this.bytes.slice())
    this.#view = viewOf(this.bytes)
    this.#writtenBy = new Uint32Array(length)
  }

  /** Lays a value of JSON where a field is. Of arrays as many elements as are given. @throws EncodeError */
  put(type: CType, abi: Abi, value: unknown, at: number, key: string): void {
    switch (type.kind) {
      case 'scalar':
        this.#putScalar(type, numberOf(type, value, key), at, key)
        break
      case 'array': {
        if (!Array.isArray(value)) throw new EncodeError(key, `${shown(value)} is no array`)
        if (value.length > type.length)
          throw new EncodeError(key, `${value.length} elements, where there is room for ${type.length}`, 'take some out')
        const stride = sizeOf(type.element, abi)
        for (const [i, element] of value.entries()) this.put(type.element, abi, element, at + i * stride, `${key}[${i}]`)
        break
      }
      default: {
        const members = objectOf(value, key)
        for (const field of valueFields(type, abi))
          if (members[field.name] !== undefined)
            this.put(field.type, abi, members[field.name], at + field.offset, `${key}.${field.name}`)
        const known = valueFields(type, abi).map(({ name }) => name)
        refuseOthers(members, known, key)
      }
    }
  }

  /** Lays bytes as they are. */
  putBytes(bytes: Uint8Array, at: number, key: string): void {
    for (const [i, byte] of bytes.entries()) this.#putScalar({ kind: 'scalar', name: 'u8', size: 1 }, byte, at + i, key)
  }

  #putScalar({ name, size }: Scalar, value: number | bigint, at: number, key: string): void {
    const { read, write } = SCALARS[name]
    if (this.#base && read(this.#base, at) === value) return
    const writer = this.#writtenBy.subarray(at, at + size).find((by) => by !== 0)
    if (writer === undefined) write(this.#view, at, value)
    else {
      const before = this.bytes.slice(at, at + size)
      write(this.#view, at, value)
      const differs = before.some((byte, i) => this.#writtenBy[at + i] !== 0 && this.bytes[at + i] !== byte)
      if (differs)
        throw new EncodeError(
          key,
          `${value} lies over ${this.#keys[writer]}, which says something else`,
          'let both say the same, or delete one of the two',
        )
    }
    this.#writtenBy.fill(this.#keys.push(key) - 1, at, at + size)
  }
}

/** The value as the table has it: a u64 is a decimal string in JSON. */
function numberOf({ name }: Scalar, value: unknown, key: string): number | bigint {
  const { min, max } = SCALARS[name]
  const range = `from ${min} to ${max}`
  if (name !== 'u64') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    throw new EncodeError(key, `${shown(value)} is no ${name}`, `write a whole number ${range}`)
  }
  const whole = typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined
  const number = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : whole
  if (number !== undefined && number <= (max as bigint)) return number
  throw new EncodeError(key, `${shown(value)} is no u64`, `write a whole number ${range}, as a string of digits`)
}

export function objectOf(value: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>
  throw new EncodeError(key, `${shown(value)} is no object`)
}

/** @throws EncodeError for a key that has no meaning there */
export function refuseOthers(object: Readonly<Record<string, unknown>>, known: readonly string[], key: string): void {
  const other = Object.keys(object).find((name) => !known.includes(name))
  if (other !== undefined)
    throw new EncodeError(`${key}.${other.slice(0, 40)}`, 'no such key', `delete it; there are ${known.join(', ')}`)
}

/** A value in a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
