// What `reduce --json` prints.
import { json } from '../../print/shape.ts'
import { slotNumber, source } from '../../rows/shapes.ts'

const size = (means: string) =>
  json.object(
    {
      pages: json.integer('pages of the ring'),
      slots: json.integer('slots that hold something'),
      bytes: json.integer('bytes of the ring that are not 0'),
    },
    means,
  )

export const REDUCE = json.object({
  source,
  rule: json.string('the rule that it breaks'),
  before: size('the ring as it was'),
  after: size('the ring that was written'),
  tried: json.integer('rings that were tried'),
  smallest: json.flag('no single slot, page or value can be taken away; else trying ended before that'),
  left: json.list(
    json.object({ path: json.string('as inspect names it'), value: json.string('of a field; bytes in hexadecimal') }),
    'all that is not 0',
  ),
  findings: json.list(json.object({ rule: json.string(), slot: json.optional(slotNumber), message: json.string('for people') })),
})
