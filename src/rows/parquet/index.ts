// Rings as Parquet: the rows that are gathered, the file.

export type { RingOrigin } from './column-buffer.ts'
export { ParquetFile } from './file.ts'
export { RowGroup } from './row-group.ts'
