// Parquet files read by another implementation, Rust's (the parquet crate of arrow-rs, as parquet-wasm).
import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import type { Row } from './row-of-line.ts'

/** Rows as plain values: u64 as bigint, bytes as hexadecimal text, absent ones as null; the number of a snapshot is a number. */
export function parquetRows(bytes: Uint8Array): Row[] {
  const table = tableFromIPC(readParquet(bytes).intoIPCStream())
  return Array.from({ length: table.numRows }, (_, i) => {
    const row = plain(table.get(i)) as Row
    return { ...row, snapshot: Number(row['snapshot']) }
  })
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
