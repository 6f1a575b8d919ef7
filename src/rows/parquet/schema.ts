// The columns of `decode --parquet`, of the table of fields: the schema in the file, and the table of docs/parquet.md.
import type { SchemaElement } from 'hyparquet'
import { type FieldType, STRUCT_PARTS } from '../fields.ts'
import { ROW, type RowColumn, type RowTable } from '../row-table.ts'
import { ROW_KINDS } from '../slot-kind.ts'

/** Raised when a column changes its name, type or meaning; in every file as the key `blkring.schema`. */
export const SCHEMA_VERSION = '2'

/** A number's width in bits and sign, as Parquet's logical type INTEGER has it; text; bytes. */
export type LeafType = 'UINT_8' | 'UINT_16' | 'INT_16' | 'UINT_32' | 'INT_64' | 'UINT_64' | 'STRING' | 'BINARY'

const LEAF_TYPES: Readonly<Record<Exclude<FieldType['is'], 'list'>, LeafType>> = {
  u8: 'UINT_8',
  u16: 'UINT_16',
  s16: 'INT_16',
  u32: 'UINT_32',
  u64: 'UINT_64',
  enum: 'STRING',
  text: 'STRING',
  bytes: 'BINARY',
}

/** The type of a leaf, an element in a list, or the fields of a struct. */
type ParquetType = LeafType | { readonly list: ParquetType } | { readonly struct: readonly Node[] }

interface Node {
  readonly name: string
  readonly type: ParquetType
  readonly nullable: boolean
  readonly meaning: string
}

/** Every slot that is not unused is a row. What says where its ring is is always there. */
function nodesOf(columns: readonly RowColumn[]): Node[] {
  const nodes: Node[] = []
  for (const column of columns) {
    const [{ part, name }] = column.fields
    const about = STRUCT_PARTS[part]
    if (about === undefined) nodes.push(nodeOf(column))
    else {
      const last = nodes.at(-1)
      const member = { ...nodeOf(column), name, nullable: false }
      if (last?.name === part) nodes[nodes.length - 1] = { ...last, type: { struct: [...membersOf(last.type), member] } }
      else nodes.push({ name: part, type: { struct: [member] }, nullable: true, meaning: about })
    }
  }
  return nodes
}

function membersOf(type: ParquetType): readonly Node[] {
  return typeof type === 'object' && 'struct' in type ? type.struct : []
}

function nodeOf(column: RowColumn): Node {
  const { name, fields } = column
  const [{ type, signed }] = fields
  const meaning = [...new Set(fields.map(({ about }) => about))].join(', or ')
  return { name, type: signed ? 'INT_64' : typeOf(type), nullable: isNullable(column), meaning }
}

export function isNullable({ of, fields: [{ part }] }: RowColumn): boolean {
  return part !== 'origin' && ROW_KINDS.some((kind) => of[kind] === undefined)
}

function typeOf(type: FieldType): ParquetType {
  if (type.is !== 'list') return LEAF_TYPES[type.is]
  if (typeof type.of === 'string') return { list: LEAF_TYPES[type.of] }
  const members = Object.entries(type.of).map(([name, is]) => ({ name, type: LEAF_TYPES[is], nullable: false, meaning: '' }))
  return { list: { struct: members } }
}

/** The columns that the names of a dataset's folders have in place of its files. */
const PARTITION_COLUMNS: readonly string[] = ['device', 'queue']

/** The columns of a file. @param partitioned without those that the folders of a dataset are named by */
export function fileColumns(partitioned: boolean, table: RowTable): readonly RowColumn[] {
  return table.columns('parquet').filter(({ name }) => !partitioned || !PARTITION_COLUMNS.includes(name))
}

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

export function schemaOf(fileColumns: readonly RowColumn[]): Schema {
  const columns = nodesOf(fileColumns)
  const elements: SchemaElement[] = [{ name: 'slots', num_children: columns.length }]
  const leaves: SchemaLeaf[] = []
  for (const { name, type, nullable } of columns) add(name, type, nullable, { path: [], definition: 0, repetition: 0 })
  return { elements, leaves }

  function add(name: string, type: ParquetType, isNullable: boolean, above: Above): void {
    const repetition_type = isNullable ? 'OPTIONAL' : 'REQUIRED'
    const here = { ...above, path: [...above.path, name], definition: above.definition + (isNullable ? 1 : 0) }
    if (typeof type === 'string') {
      const element: SchemaElement = { name, repetition_type, ...PARQUET_TYPES[type] }
      elements.push(element)
      leaves.push({ path: here.path, type, element, maxDefinition: here.definition, maxRepetition: here.repetition })
    } else if ('struct' in type) {
      elements.push({ name, repetition_type, num_children: type.struct.length })
      for (const inner of type.struct) add(inner.name, inner.type, inner.nullable, here)
    } else {
      elements.push({ name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } })
      elements.push({ name: 'list', repetition_type: 'REPEATED', num_children: 1 })
      const inList = { path: [...here.path, 'list'], definition: here.definition + 1, repetition: here.repetition + 1 }
      add('element', type.list, false, inList)
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
  // Without an annotation, older Spark skips by it as well.
  INT_64: { type: 'INT64' },
  UINT_64: { type: 'INT64', converted_type: 'UINT_64' },
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  BINARY: { type: 'BYTE_ARRAY' },
}

/** The table of docs/parquet.md. */
export function schemaMarkdown(table: RowTable = ROW): string {
  const typeText = (type: ParquetType): string => {
    if (typeof type === 'string') return type
    if ('list' in type) return `LIST of ${typeText(type.list)}`
    return `STRUCT (${type.struct.map(({ name, type }) => `${name} ${typeText(type)}`).join(', ')})`
  }
  const rows = nodesOf(table.columns('parquet')).map(
    ({ name, type, nullable, meaning }) => `| ${name} | ${typeText(type)} | ${nullable ? 'yes' : 'no'} | ${meaning} |`,
  )
  return `| column | type | nullable | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
}
