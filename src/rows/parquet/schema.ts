// The columns of `decode --parquet`: a table, of which the schema in the file, the buffers that are filled and the
// documentation (docs/parquet.md) are made.
import type { SchemaElement } from 'hyparquet'

/** Raised when a column changes its name, type or meaning; in every file as the key `blkring.schema`. */
export const SCHEMA_VERSION = '1'

/** A number's width in bits and sign, as Parquet's logical type INTEGER has it; text; bytes. */
export type LeafType = 'UINT_8' | 'UINT_16' | 'INT_16' | 'UINT_32' | 'UINT_64' | 'STRING' | 'BINARY'

interface Leaf {
  readonly kind: 'leaf'
  readonly type: LeafType
}

interface List {
  readonly kind: 'list'
  readonly element: Leaf | Struct
}

interface Struct {
  readonly kind: 'struct'
  readonly fields: Readonly<Record<string, Leaf | List>>
}

interface Column {
  readonly is: Leaf | List | Struct
  readonly nullable: boolean
  readonly meaning: string
}

const leaf = (type: LeafType): Leaf => ({ kind: 'leaf', type })
const column = (type: LeafType, meaning: string): Column => ({ is: leaf(type), nullable: false, meaning })
const nullable = (is: LeafType | List | Struct, meaning: string): Column => ({
  is: typeof is === 'string' ? leaf(is) : is,
  nullable: true,
  meaning,
})

const SEGMENTS: List = {
  kind: 'list',
  element: { kind: 'struct', fields: { gref: leaf('UINT_32'), first_sect: leaf('UINT_8'), last_sect: leaf('UINT_8') } },
}
const GREFS: List = { kind: 'list', element: leaf('UINT_32') }

/** Every slot that is not unused is a row. */
const COLUMNS = {
  device: column('STRING', 'the disk: `vbd-DOMAIN-VDEV` where XenStore names it, else the input as it was named'),
  queue: column('UINT_32', 'its queue; 0 where it has one only'),
  source: column('STRING', 'the file that the ring was read from'),
  ring: column('UINT_32', 'number of the snapshot, from 0; it goes on from input to input'),
  slot: column('UINT_16', 'the slot, from 0 to nr_ents - 1'),
  index: column('UINT_32', 'its free-running index'),
  state: column(
    'STRING',
    '`request`: index in [rsp_prod, req_prod); `response`: in [req_prod - nr_ents, rsp_prod); `cleared`: the same, recycled by the frontend; `unknown`: not in the input',
  ),
  op: nullable('STRING', 'of a request or a response: `read` `write` `barrier` `flush` `packet` `discard` `indirect` `unknown`'),
  operation: nullable('UINT_8', 'the same as the number on the wire'),
  id: nullable('UINT_64', 'of the request, or of the one that the response answers'),
  sector_number: nullable('UINT_64', 'of a request'),
  handle: nullable('UINT_16', 'of a request'),
  nr_segments: nullable('UINT_16', 'of a read, write, barrier, flush or indirect request, as on the wire'),
  nr_sectors: nullable('UINT_64', 'what the segments add up to; of a discard as on the wire; null where `segments` is'),
  segments: nullable(SEGMENTS, 'those in use; null where an indirect page is missing, and of all else'),
  indirect_op: nullable('UINT_8', 'of an indirect request'),
  indirect_grefs: nullable(GREFS, 'of an indirect request: those in use'),
  flag: nullable('UINT_8', 'of a discard'),
  raw: nullable('BINARY', 'the whole slot, of a request whose operation has no struct'),
  answered: nullable('STRING', 'of a request: `no` `unlikely` `maybe` `yes`'),
  answeredBy: nullable('UINT_16', 'slot of the response that may be its answer'),
  status: nullable('INT_16', 'of a response: 0 OKAY, -1 ERROR, -2 EOPNOTSUPP'),
  beneath: nullable(
    {
      kind: 'struct',
      fields: {
        sector_number: leaf('UINT_64'),
        segments: SEGMENTS,
        handle: leaf('UINT_16'),
        indirect_grefs: GREFS,
        nr_sectors: leaf('UINT_64'),
      },
    },
    'what survives of a request beneath a response, by each reading of the bytes',
  ),
  beneathOutstanding: nullable('STRING', 'of a response, whether the request beneath waits: `no` `unlikely` `maybe` `yes`'),
  sector_unit: column(
    'UINT_16',
    'bytes of what sector_number, nr_sectors, first_sect and last_sect count: 512, or what `--sector-unit` said',
  ),
} as const satisfies Readonly<Record<string, Column>>

/** The columns that the names of a dataset's folders have in place of its files. */
const PARTITION_COLUMNS: readonly string[] = ['device', 'queue']

/** A leaf of the schema: what a column of the file holds. */
export interface SchemaLeaf {
  /** The path of the column: `segments.list.element.gref`. */
  readonly path: readonly string[]
  readonly type: LeafType
  readonly element: SchemaElement
  readonly maxDefinition: number
  readonly maxRepetition: number
}

export interface Schema {
  readonly elements: readonly SchemaElement[]
  /** The columns in the order of the file. */
  readonly leaves: readonly SchemaLeaf[]
}

/** @param partitioned without the columns that the folders of a dataset are named by */
export function schemaOf(partitioned: boolean): Schema {
  const columns = Object.entries<Column>(COLUMNS).filter(([name]) => !partitioned || !PARTITION_COLUMNS.includes(name))
  const elements: SchemaElement[] = [{ name: 'slots', num_children: columns.length }]
  const leaves: SchemaLeaf[] = []
  for (const [name, { is, nullable }] of columns) add(name, is, nullable, { path: [], definition: 0, repetition: 0 })
  return { elements, leaves }

  function add(name: string, is: Leaf | List | Struct, isNullable: boolean, above: Above): void {
    const repetition_type = isNullable ? 'OPTIONAL' : 'REQUIRED'
    const here = { ...above, path: [...above.path, name], definition: above.definition + (isNullable ? 1 : 0) }
    if (is.kind === 'leaf') {
      const element: SchemaElement = { name, repetition_type, ...PARQUET_TYPES[is.type] }
      elements.push(element)
      leaves.push({
        path: here.path,
        type: is.type,
        element,
        maxDefinition: here.definition,
        maxRepetition: here.repetition,
      })
    } else if (is.kind === 'struct') {
      elements.push({ name, repetition_type, num_children: Object.keys(is.fields).length })
      for (const [field, inner] of Object.entries(is.fields)) add(field, inner, false, here)
    } else {
      elements.push({ name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } })
      elements.push({ name: 'list', repetition_type: 'REPEATED', num_children: 1 })
      const inList = { path: [...here.path, 'list'], definition: here.definition + 1, repetition: here.repetition + 1 }
      add('element', is.element, false, inList)
    }
  }
}

interface Above {
  readonly path: readonly string[]
  readonly definition: number
  readonly repetition: number
}

/**
 * Integers by the converted type alone, which every reader knows: hyparquet-writer 0.17.0 writes the width of the logical
 * type INTEGER as an i32, where parquet.thrift has an i8, and DuckDB then refuses the file.
 */
const PARQUET_TYPES: Readonly<Record<LeafType, Omit<SchemaElement, 'name'>>> = {
  UINT_8: { type: 'INT32', converted_type: 'UINT_8' },
  UINT_16: { type: 'INT32', converted_type: 'UINT_16' },
  INT_16: { type: 'INT32', converted_type: 'INT_16' },
  UINT_32: { type: 'INT32', converted_type: 'UINT_32' },
  UINT_64: { type: 'INT64', converted_type: 'UINT_64' },
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  BINARY: { type: 'BYTE_ARRAY' },
}

/** The table of docs/parquet.md. */
export function schemaMarkdown(): string {
  const typeText = (is: Leaf | List | Struct): string => {
    if (is.kind === 'leaf') return is.type
    if (is.kind === 'list') return `LIST of ${typeText(is.element)}`
    return `STRUCT (${Object.entries(is.fields)
      .map(([name, inner]) => `${name} ${typeText(inner)}`)
      .join(', ')})`
  }
  const rows = Object.entries<Column>(COLUMNS).map(
    ([name, { is, nullable, meaning }]) => `| ${name} | ${typeText(is)} | ${nullable ? 'yes' : 'no'} | ${meaning} |`,
  )
  return `| column | type | nullable | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
}
