// blkif.ksy, compiled on the spot by Kaitai Struct's own compiler.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import compiler from 'kaitai-struct-compiler'
import { parse } from 'yaml'

/** @param language as the compiler calls it @returns {Promise<Record<string, string>>} file names and sources */
export function compileKsy(language) {
  const schema = parse(readFileSync(join(import.meta.dirname, 'blkif.ksy'), 'utf8'))
  return compiler.compile(language, schema, undefined, false)
}
