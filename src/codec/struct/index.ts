/**
 * C structs as tables. From one table come the layout under each ABI, decoder, encoder, and the names of its bytes. `decode` reads by
 * code that binary-parser makes at run time, and by a walk over the same table where a Content-Security-Policy forbids that.
 * @module
 */

export { decode } from './decode.ts'
export { parserOf } from './parser.ts'
export * from './tables.ts'
