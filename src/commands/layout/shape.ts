// What `layout --json` prints: of one struct under one ABI an object, of several an array.
import { flag, integer, list, object, oneOrMany, string, word } from '../../print/shape.ts'

const FIELD = object({
  name: string(),
  type: string('as C declares it'),
  offset: integer('bytes from the start of the struct'),
  size: integer('bytes'),
  reserved: flag('padding that the header names'),
})

export const STRUCT = object({
  name: string(),
  kind: word(['struct', 'union']),
  abi: string(),
  size: integer('bytes'),
  align: integer('bytes'),
  fields: list(FIELD, 'in the order of the header'),
})

export const LAYOUT = oneOrMany(STRUCT)
