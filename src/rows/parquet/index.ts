// Rings as Parquet: the rows that are gathered, the file.
export { ParquetFile } from './file.ts'
export { type RingOrigin, RowGroup } from './row-group.ts'
