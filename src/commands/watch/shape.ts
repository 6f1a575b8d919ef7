// A line of `watch --ndjson`: one queue after one look.
import { SURENESSES, VERDICTS } from '../../doctor/index.ts'
import { json } from '../../print/shape.ts'
import { freeRunningIndex, queue, ringIndices, slotNumber, source } from '../../rows/shapes.ts'

const rate = json.nullable(json.number('a second; null at the first look, and where an index went back'))

export const WATCH_LINE = json.object(
  {
    source,
    queue,
    look: json.integer('from 1 on'),
    seconds: json.number('since the first look'),
    nr_ents: json.integer('slots'),
    ...ringIndices,
    outstanding: json.nullable(json.integer('req_prod - rsp_prod; null where the indices cannot be')),
    requestsPerSecond: rate,
    responsesPerSecond: rate,
    oldest: json.nullable(
      json.object(
        {
          index: json.nullable(freeRunningIndex),
          slot: json.nullable(slotNumber),
          sector_number: json.nullable(json.decimal()),
          op: json.optional(json.string()),
          id: json.optional(json.decimal()),
          seconds: json.number('for which it was seen waiting'),
        },
        'the request that waits longest; null where none does',
      ),
    ),
    verdict: json.word(VERDICTS),
    certainty: json.word(SURENESSES),
    problem: json.flag('something waits or is wrong'),
    text: json.string('what the verdict means here'),
  },
  'a queue after a look',
)
