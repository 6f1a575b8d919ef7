// The words that the table of scenario keys is written in. From a table come the type of a valid file, its validation, the JSON
// schema that editors use, and the reference page.

/** Carries the type of a valid value; never present at run time. */
declare const VALUE: unique symbol

export interface IntegerSpec {
  readonly kind: 'integer'
  readonly min: number
  readonly max: number
  /** The only values allowed, where they are few. */
  readonly allowed: readonly number[] | undefined
  readonly multipleOf: number
  /** Takes suffixes: `64K`. */
  readonly suffix: boolean
}

export interface U64Spec {
  readonly kind: 'u64'
}

/** Bytes as text of hexadecimal digits, two a byte. */
export interface HexSpec {
  readonly kind: 'hex'
  /** Bytes at most. */
  readonly max: number
}

export interface BooleanSpec {
  readonly kind: 'boolean'
}

export interface ChoiceSpec {
  readonly kind: 'choice'
  readonly options: readonly string[]
}

export interface ListSpec {
  readonly kind: 'list'
  readonly of: SpecNode
  readonly max: number
}

/** A list of fixed length whose places have names: `[page, offset, length]`. */
export interface TupleSpec {
  readonly kind: 'tuple'
  readonly names: readonly string[]
  readonly of: readonly SpecNode[]
}

export interface RecordSpec {
  readonly kind: 'record'
  readonly fields: Readonly<Record<string, FieldSpec>>
}

/** A map of exactly one of the keys; a key whose value is a record may stand alone, as a string: none of its fields is required. */
export interface OneOfSpec {
  readonly kind: 'one-of'
  /** What such a map is called: `step`. */
  readonly noun: string
  readonly members: Readonly<Record<string, MemberSpec>>
}

/** One of several shapes, told apart by their kinds: a choice, a boolean, a number, a list. */
export interface EitherSpec {
  readonly kind: 'either'
  readonly of: readonly SpecNode[]
}

/** Field paths of a ring and the values to be written there. */
export interface PathsSpec {
  readonly kind: 'paths'
}

export type SpecNode =
  | IntegerSpec
  | U64Spec
  | HexSpec
  | BooleanSpec
  | ChoiceSpec
  | ListSpec
  | TupleSpec
  | RecordSpec
  | OneOfSpec
  | EitherSpec
  | PathsSpec

export type Spec<V> = SpecNode & { readonly [VALUE]?: V }

export interface FieldSpec<V = unknown, Present extends boolean = boolean> {
  readonly spec: Spec<V>
  readonly doc: string
  /** As it would stand in a file; undefined where leaving it out means something of its own. */
  readonly default: unknown
  /** Says in the reference what leaving it out means, where that is no value. */
  readonly otherwise: string | undefined
  readonly present?: Present
}

export interface MemberSpec<V = unknown> {
  readonly spec: Spec<V>
  readonly doc: string
  readonly example: string
}

export type SpecValue<S> = S extends Spec<infer V> ? V : never

type RecordValue<F> = {
  readonly [K in keyof F]: F[K] extends FieldSpec<infer V, infer P> ? (P extends true ? V : V | undefined) : never
}

type OneOfValue<M> = { [K in keyof M]: M[K] extends MemberSpec<infer V> ? { readonly key: K; readonly value: V } : never }[keyof M]

export function wholeNumber(min: number, max: number, more: { multipleOf?: number } = {}): Spec<number> {
  return { kind: 'integer', min, max, allowed: undefined, multipleOf: more.multipleOf ?? 1, suffix: false }
}

/** Bytes or sectors that fit in a double, with suffixes. */
export function size(min: number, max: number, more: { multipleOf?: number } = {}): Spec<number> {
  return { kind: 'integer', min, max, allowed: undefined, multipleOf: more.multipleOf ?? 1, suffix: true }
}

export function hexBytes(max: number): Spec<Uint8Array> {
  return { kind: 'hex', max }
}

export function oneNumberOf<const N extends number>(allowed: readonly N[], more: { suffix?: boolean } = {}): Spec<N> {
  const [min, max] = [Math.min(...allowed), Math.max(...allowed)]
  return { kind: 'integer', min, max, allowed, multipleOf: 1, suffix: more.suffix ?? false }
}

export const uint64: Spec<bigint> = { kind: 'u64' }

export const boolean: Spec<boolean> = { kind: 'boolean' }

export function choice<const S extends string>(...options: readonly S[]): Spec<S> {
  return { kind: 'choice', options }
}

/** Of a list that has no limit of its own. */
export const MAX_ENTRIES = 1_000_000

export function listOf<V>(of: Spec<V>, max = MAX_ENTRIES): Spec<readonly V[]> {
  return { kind: 'list', of, max }
}

export function tuple<const T extends readonly (readonly [string, Spec<number>])[]>(
  ...places: T
): Spec<{ readonly [K in keyof T]: number }> {
  return { kind: 'tuple', names: places.map(([name]) => name), of: places.map(([, of]) => of) }
}

export function record<const F extends Readonly<Record<string, FieldSpec>>>(fields: F): Spec<RecordValue<F>> {
  return { kind: 'record', fields }
}

export function oneOf<const M extends Readonly<Record<string, MemberSpec>>>(noun: string, members: M): Spec<OneOfValue<M>> {
  return { kind: 'one-of', noun, members }
}

export function eitherOf<A, B>(a: Spec<A>, b: Spec<B>): Spec<A | B> {
  return { kind: 'either', of: [a, b] }
}

export const paths: Spec<ReadonlyMap<string, bigint>> = { kind: 'paths' }

/** @param value what a file that leaves the key out means, as the file would say it */
export function withDefault<V>(spec: Spec<V>, value: unknown, doc: string): FieldSpec<V, true> {
  return { spec, doc, default: value, otherwise: undefined }
}

export function withoutDefault<V>(spec: Spec<V>, otherwise: string, doc: string): FieldSpec<V, false> {
  return { spec, doc, default: undefined, otherwise }
}

export function member<V>(spec: Spec<V>, doc: string, example: string): MemberSpec<V> {
  return { spec, doc, example }
}
