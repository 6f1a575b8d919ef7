// Rings as Parquet: the schema, the rows that are gathered, the file.
export { ParquetFile } from './file.ts'
export { type RingOrigin, RowGroup } from './row-group.ts'
export { schemaMarkdown, schemaOf } from './schema.ts'
