// The JSON schemas of what commands print, made of the shapes beside each command and of the table of a slot's fields.
import { ANSWER } from '../src/commands/answer/shape.ts'
import { CHECK } from '../src/commands/check/shape.ts'
import { PAIR_LINE } from '../src/commands/decode/pair-row.ts'
import { DECODE } from '../src/commands/decode/shape.ts'
import { ALONE, COMPARED, DIFF, TRANSITION } from '../src/commands/diff/shape.ts'
import { DOCTOR } from '../src/commands/doctor/shape.ts'
import { FIND } from '../src/commands/find/shape.ts'
import { GENERATE } from '../src/commands/generate/shape.ts'
import { INSPECT, NODE_MEMBERS } from '../src/commands/inspect/shape.ts'
import { LAYOUT } from '../src/commands/layout/shape.ts'
import { MUTATE } from '../src/commands/mutate/shape.ts'
import { REDUCE } from '../src/commands/reduce/shape.ts'
import { STATS } from '../src/commands/stats/shape.ts'
import { VBDS } from '../src/commands/vbds/shape.ts'
import { WATCH_LINE } from '../src/commands/watch/shape.ts'
import { type JsonSchema, json, type Shape } from '../src/print/shape.ts'
import { askedAgainFields } from '../src/rows/shapes.ts'
import { lineShape, slotShape } from '../src/rows/slot-shape.ts'

/** By command, what its --json prints. */
const SHAPES: Readonly<Record<string, Shape<unknown>>> = {
  answer: ANSWER,
  check: CHECK,
  decode: DECODE,
  diff: DIFF,
  doctor: DOCTOR,
  find: FIND,
  generate: GENERATE,
  inspect: INSPECT,
  layout: LAYOUT,
  mutate: MUTATE,
  reduce: REDUCE,
  stats: STATS,
  vbds: VBDS,
}

export const JSON_COMMANDS = Object.keys(SHAPES)

/** What the shapes name. */
const DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  slot: slotShape().schema,
  slotAskedAgain: slotShape(askedAgainFields).schema,
  node: json.object(NODE_MEMBERS).schema,
  compared: COMPARED.schema,
  alone: ALONE.schema,
  transition: TRANSITION.schema,
}

/** Contents by path below the repository's root. */
export function schemaFiles(): Map<string, string> {
  const file = (name: string, schema: JsonSchema) =>
    [`schema/${name}.schema.json`, `${JSON.stringify(open(schema), null, 2)}\n`] as const
  return new Map([
    ...JSON_COMMANDS.map((command) => file(command, schemaOf(command))),
    file('decode-line', lineSchema()),
    file('decode-pair', document('blkring decode --pair --json', json.list(PAIR_LINE))),
    file('decode-pair-line', pairLineSchema()),
    file('watch-line', watchLineSchema()),
  ])
}

/** The schema of a command in which every key is named; what is published lets later versions add some. */
export function schemaOf(command: string): JsonSchema {
  return document(`blkring ${command} --json`, SHAPES[command]!)
}

/** The schema of a line of `decode --ndjson`. */
export function lineSchema(): JsonSchema {
  return document('a line of blkring decode --ndjson', lineShape())
}

/** The schema of a line of `decode --pair --ndjson`. */
export function pairLineSchema(): JsonSchema {
  return document('a line of blkring decode --pair --ndjson', PAIR_LINE)
}

/** The schema of a line of `watch --ndjson`. */
export function watchLineSchema(): JsonSchema {
  return document('a line of blkring watch --ndjson', WATCH_LINE)
}

function document(title: string, { schema }: Shape<unknown>): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema, ...definitionsIn(schema) }
}

function definitionsIn(schema: JsonSchema): { readonly $defs?: JsonSchema } {
  const names = new Set<string>()
  const follow = (value: unknown) => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/\$defs\/(\w+)"/g)) {
      if (names.has(name!)) continue
      names.add(name!)
      follow(DEFINITIONS[name!])
    }
  }
  follow(schema)
  return names.size === 0 ? {} : { $defs: Object.fromEntries([...names].sort().map((name) => [name, DEFINITIONS[name]])) }
}

/** The same schema, in which objects may have more keys. */
function open<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === 'additionalProperties' && value === false ? undefined : value)))
}
