// What `layout --json` prints: of one struct under one ABI an object, of several an array.
import { json } from '../../print/shape.ts'

const FIELD = json.object({
  name: json.string(),
  type: json.string('as C declares it'),
  offset: json.integer('bytes from the start of the struct'),
  size: json.integer('bytes'),
  reserved: json.flag('padding that the header names'),
})

export const STRUCT = json.object({
  name: json.string(),
  kind: json.word(['struct', 'union']),
  abi: json.string(),
  size: json.integer('bytes'),
  align: json.integer('bytes'),
  fields: json.list(FIELD, 'in the order of the header'),
})

export const LAYOUT = json.oneOrMany(STRUCT)
