// What `mutate --json` prints.
import { json } from '../../print/shape.ts'
import { source } from '../../rows/shapes.ts'

const change = json.object({
  path: json.string('the field, as inspect names it, or the bytes'),
  from: json.string('what was there'),
  to: json.string('what is there now'),
})

export const MADE = json.object({
  file: json.string('the file, or the folder, below the one that was written'),
  source,
  changes: json.list(change),
})

export const MUTATE = json.list(MADE, 'the rings that were made')
