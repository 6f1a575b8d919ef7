// Parquet files read by another implementation, Rust's (the parquet crate of arrow-rs, as parquet-wasm).
import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'

export type Row = Readonly<Record<string, unknown>>

/** Rows as plain values: u64 as bigint, bytes as hexadecimal text, absent ones as null. */
export function parquetRows(bytes: Uint8Array): Row[] {
  const table = tableFromIPC(readParquet(bytes).intoIPCStream())
  return Array.from({ length: table.numRows }, (_, i) => plain(table.get(i)) as Row)
}

/** Columns and their types, as Arrow calls them. */
export function parquetColumns(bytes: Uint8Array): string[] {
  const { schema } = tableFromIPC(readParquet(bytes).intoIPCStream())
  return schema.fields.map((field) => `${field.name}: ${field.type}${field.nullable ? '?' : ''}`)
}

function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  // A list gives its elements, a struct pairs of name and value.
  const parts = [...(value as Iterable<unknown>)]
  if ('toArray' in value) return parts.map(plain)
  return Object.fromEntries((parts as [string, unknown][]).map(([name, inner]) => [name, plain(inner)]))
}

interface Line {
  readonly slot: number
  readonly index: number
  readonly state: string
  readonly request?: Row
  readonly answered?: string
  readonly answeredBy?: number
  readonly response?: Row
  readonly beneath?: Row
  readonly beneathOutstanding?: string
  readonly sector_unit?: number
}

const ABSENT: Row = {
  op: null,
  operation: null,
  id: null,
  sector_number: null,
  handle: null,
  nr_segments: null,
  nr_sectors: null,
  segments: null,
  indirect_op: null,
  indirect_grefs: null,
  flag: null,
  raw: null,
  answered: null,
  answeredBy: null,
  status: null,
  beneath: null,
  beneathOutstanding: null,
}

/** The row that a line of `decode --ndjson` should be, but for where its ring is from. */
export function rowOfLine(line: unknown): Row {
  const {
    slot,
    index,
    state,
    request,
    answered,
    answeredBy,
    response,
    beneath,
    beneathOutstanding,
    sector_unit = 512,
  } = line as Line
  const place = { ...ABSENT, slot, index, state, sector_unit }
  if (request) return { ...place, ...numbers(request), answered: answered ?? 'no', answeredBy: answeredBy ?? null }
  if (!response) return place
  const own = { ...numbers(response), beneath: numbers(beneath!) }
  return { ...place, ...own, beneathOutstanding: beneathOutstanding ?? 'no' }
}

/** Where JSON has a u64 as text, or a sum of sectors as a number, Parquet has a number of 64 bits. */
function numbers(fields: Row): Row {
  const long = ['id', 'sector_number', 'nr_sectors'].filter((name) => fields[name] !== undefined && fields[name] !== null)
  return { ...fields, ...Object.fromEntries(long.map((name) => [name, BigInt(fields[name] as string)])) }
}
