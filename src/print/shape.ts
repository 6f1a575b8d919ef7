// What a command's JSON looks like, as a value: the JSON schema comes from it, and the type that what is printed must have.

/** A JSON schema, draft 2020-12. */
export type JsonSchema = { readonly [key: string]: unknown }

/** A value of some JSON. `T` is its type; nothing of that is there when the program runs. */
export interface Shape<T> {
  readonly schema: JsonSchema
  readonly optional?: true
  readonly of?: T
}

/** The type of the JSON that a shape describes. */
export type JsonOf<S> = S extends Shape<infer T> ? T : never

type Fields = Readonly<Record<string, Shape<unknown>>>
type OptionalKeys<F> = { [K in keyof F]: F[K] extends { readonly optional: true } ? K : never }[keyof F]
type ObjectOf<F> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: JsonOf<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: JsonOf<F[K]> | undefined
}

const about = (means: string | undefined) => (means === undefined ? {} : { description: means })

/** A number of bytes, slots, indices: whole, and exact in a double. */
const integer = (means?: string): Shape<number> => ({ schema: { type: 'integer', ...about(means) } })
const number = (means?: string): Shape<number> => ({ schema: { type: 'number', ...about(means) } })
const flag = (means?: string): Shape<boolean> => ({ schema: { type: 'boolean', ...about(means) } })
const string = (means?: string): Shape<string> => ({ schema: { type: 'string', ...about(means) } })
/** A u64 of the wire, or a sum that no double holds. */
const decimal = (means?: string): Shape<string> => ({ schema: { type: 'string', pattern: '^-?[0-9]+$', ...about(means) } })
/** Bytes, two digits each. */
const hex = (means?: string): Shape<string> => ({ schema: { type: 'string', pattern: '^([0-9a-f]{2})*$', ...about(means) } })

function word<const W extends readonly string[]>(words: W, means?: string): Shape<W[number]> {
  return { schema: { enum: [...words], ...about(means) } }
}

function list<T>(of: Shape<T>, means?: string): Shape<readonly T[]> {
  return { schema: { type: 'array', items: of.schema, ...about(means) } }
}

/** Keys that are no names of ours, each with a value of one shape. */
function map<T>(of: Shape<T>, means?: string): Shape<{ readonly [key: string]: T }> {
  return { schema: { type: 'object', additionalProperties: of.schema, ...about(means) } }
}

function nullable<T>(shape: Shape<T>): Shape<T | null> {
  const { description, ...schema } = shape.schema
  return { schema: { anyOf: [schema, { type: 'null' }], ...(description === undefined ? {} : { description }) } }
}

/** A key that may be absent. */
function optional<T>(shape: Shape<T>): Shape<T> & { readonly optional: true } {
  return { ...shape, optional: true }
}

function either<const S extends readonly Shape<unknown>[]>(...shapes: S): Shape<JsonOf<S[number]>> {
  return { schema: { anyOf: shapes.map(({ schema }) => schema) } }
}

/** One alone, or an array of several. */
function oneOrMany<T>(shape: Shape<T>): Shape<T | readonly T[]> {
  return either(shape, list(shape))
}

/** A definition that the schema's `$defs` has under that name. */
function named<T>(name: string): Shape<T> {
  return { schema: { $ref: `#/$defs/${name}` } }
}

function object<const F extends Fields>(fields: F, means?: string): Shape<ObjectOf<F>> {
  const entries = Object.entries(fields)
  return {
    schema: {
      type: 'object',
      ...about(means),
      properties: Object.fromEntries(entries.map(([key, { schema }]) => [key, schema])),
      required: entries.filter(([, shape]) => !shape.optional).map(([key]) => key),
      additionalProperties: false,
    },
  }
}

/** Shapes, by what they are of. */
export const json = {
  integer,
  number,
  flag,
  string,
  decimal,
  hex,
  word,
  list,
  map,
  nullable,
  optional,
  either,
  oneOrMany,
  named,
  object,
}
