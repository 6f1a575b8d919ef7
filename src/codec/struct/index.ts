/**
 * C structs as tables: from one table come layout, decoder, encoder and the names of its bytes, under the ABI that is asked for.
 * @module
 */

export { decode } from './decode.ts'
export { parserOf } from './parser.ts'
export * from './tables.ts'
