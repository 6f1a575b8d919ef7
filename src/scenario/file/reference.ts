// The reference page of scenario files, from the table.
import { DEFAULT_MAX_SECTORS } from '../../blkfront/index.ts'
import { mayStandAlone } from './json-schema.ts'
import { formatQuantity } from './quantity.ts'
import type { FieldSpec, MemberSpec, RecordSpec, SpecNode } from './spec.ts'
import { STEPS } from './step-table.ts'
import { scenarioFile } from './table.ts'

const INTRODUCTION = `# Scenario files

Printed by \`npm run scenario-docs\` from the table in \`src/scenario\`; \`schema/scenario.schema.json\` is made of the same table.

A scenario is JSON or YAML: a driver, what it agreed on with its backend, and what happens. Everything has a default, so that this is one:

\`\`\`yaml
driver: modern
steps:
  - write: {sector: 0, bytes: 64K}
\`\`\`

\`blkring generate scenario.yaml -o DIR\` runs it and writes a dump folder. Every command that takes one takes the scenario itself as well, by its content, from a
file or from standard input: \`decode scenario.yaml\`, \`inspect\`, \`check\`, \`doctor\`, \`stats\`, and \`diff scenario.yaml my-ring\`, which holds a frontend of your own
against Linux's. They show the same rings, indirect pages, XenStore nodes, queues and moments, and write nothing.

Sizes and sectors take the suffixes K M G T P E (powers of 1024; a sector with a suffix is that many
sectors, not bytes); hexadecimal numbers begin with 0x. A number above 2^53 must be quoted. YAML anchors, aliases and tags are not read. A YAML file may have
512 KiB, a JSON file 64 MiB, and either a million steps; a map has at most 10,000 keys. Text of more than 64 KiB that begins with { or [
must be JSON.

[driver-bugs.md](driver-bugs.md) has a scenario for each fault of the real drivers.

To have an editor check a file, begin it with \`# yaml-language-server: $schema=node_modules/blkring/schema/scenario.schema.json\`, the path
being relative to the file.

Chance (\`seed\`) is a 32-bit splitmix generator of our own, the same on every machine. Each step draws from a generator of its own, made
from \`seed\` and the number of the step, so that no step disturbs another.`

const STEPS_INTRODUCTION = `## Steps

\`steps\` is a list of maps of one key. A step that needs nothing may stand as a bare word: \`- push\`.

Requests are put in the ring by \`read\`, \`write\`, \`flush\` and \`discard\`, and seen by the backend after \`push\`. \`queue\` and \`workload\` publish by themselves; a
scenario in which nothing is published is pushed once at its end. The backend takes requests at \`consume\` and answers them at \`respond\`, and the driver sees the
answers at \`interrupt\`; \`complete\` is all of that.

A request that the driver would never be given is refused with its reason; \`unchecked\` does as asked.

### How I/O becomes requests

The driver tells the block layer how large a request may be, and the block layer cuts by that, so that I/O of any size may be asked for. G is the number of grants of a request:
\`max_indirect_segments\`, or 11 where that is 0.

| limit | | |
|---|---|---|
| \`max_hw_sectors\` | G * 4096 / 512 | never less than a page of the guest |
| \`max_segments\` | G / (4 KiB chunks of a page), rounded down | never less than 1 |
| \`max_segment_size\`, \`seg_boundary_mask\` | a page of the guest | no segment is larger than a page or crosses one |
| \`max_sectors\` | ${DEFAULT_MAX_SECTORS} | the block layer's own limit (Linux 4.4 to 6.1); \`max_sectors_kb\` changes it |
| queue depth | the slots of the ring; half of them where a request may take two | requests in flight |

A read or write that names no \`segments\` is cut at these, one buffer or the pieces of memory that \`vectors\` names: each request takes as much as they let it, and a page of which sectors are left goes on in the next request.
The parts are requests of their own, with numbers of their own. \`segments\` go to the driver as they are, and with \`unchecked\` so does all else: that may kill it.
\`generate --explain\` shows each cut and the limit that made it, \`--json\` the limits themselves.`

/** The reference of scenario files in Markdown, made of the table that also validates them (docs/scenario.md). */
export function scenarioReference(): string {
  const keys = (scenarioFile as RecordSpec).fields
  const features = (keys['features'] as FieldSpec).spec as RecordSpec
  const steps = Object.entries(STEPS as Readonly<Record<string, MemberSpec>>).map(([key, member]) => stepSection(key, member))
  return [
    INTRODUCTION,
    `## Keys\n\n${fieldTable(keys)}`,
    `### features\n\n${fieldTable(features.fields)}`,
    STEPS_INTRODUCTION,
    ...steps,
    `${POKE}\n`,
  ].join('\n\n')
}

const POKE = `Paths of \`poke\` are those that the codec gives its fields: \`sring.req_prod\`, \`ring[3].req.nr_segments\`, \`ring[3].req.seg[2].gref\`, \`ring[3].rsp.status\`,
\`indirect-17.seg[0].last_sect\`. \`req\` is the struct that the slot's operation names; \`rw\`, \`indirect\` and \`discard\` say which.`

function stepSection(key: string, { spec, doc, example }: MemberSpec): string {
  // A word may stand in the place of a map.
  const map = spec.kind === 'either' ? spec.of.find(({ kind }) => kind === 'record') : spec
  const fields = map?.kind === 'record' && Object.keys(map.fields).length > 0 ? `\n\n${fieldTable(map.fields)}` : ''
  const bare = mayStandAlone(spec) ? '' : ` Takes ${typeText(spec)}.`
  return `### ${key}\n\n${doc}${bare} Example: \`- ${example}\`.${fields}`
}

function fieldTable(fields: RecordSpec['fields']): string {
  const rows = Object.entries(fields).map(
    ([key, field]) => `| \`${key}\` | ${typeText(field.spec)} | ${defaultText(field)} | ${field.doc} |`,
  )
  return ['| key | value | without it | |', '|---|---|---|---|', ...rows].map((row) => row.replaceAll('\n', ' ')).join('\n')
}

function defaultText({ default: value, otherwise }: FieldSpec): string {
  if (otherwise !== undefined) return otherwise
  if (typeof value !== 'object') return `\`${String(value)}\``
  return Array.isArray(value) ? 'none' : 'the defaults below'
}

function keysText({ fields }: RecordSpec): string {
  return Object.keys(fields)
    .map((key) => `\`${key}\``)
    .join(', ')
}

/** What may stand behind a key, in words. */
function typeText(spec: SpecNode): string {
  switch (spec.kind) {
    case 'integer': {
      if (spec.allowed) return spec.allowed.map((n) => (spec.suffix ? formatQuantity(n) : n)).join(', ')
      const multiple = spec.multipleOf === 1 ? '' : `, a multiple of ${spec.multipleOf}`
      return `${spec.min} to ${spec.suffix || spec.max > 65536 ? formatQuantity(spec.max) : spec.max}${multiple}`
    }
    case 'u64':
      return 'a whole number below 2^64'
    case 'hex':
      return 'text of hexadecimal digits, two a byte'
    case 'boolean':
      return 'true or false'
    case 'choice':
      return spec.options.join(', ')
    case 'list':
      return `a list of ${spec.of.kind === 'tuple' ? typeText(spec.of) : spec.of.kind === 'one-of' ? `${spec.of.noun}s` : spec.of.kind === 'record' ? `maps of ${keysText(spec.of)}` : 'numbers'}`
    case 'tuple':
      return `\`[${spec.names.join(', ')}]\``
    case 'record':
      return 'a map'
    case 'one-of':
      return `one ${spec.noun}`
    case 'either':
      return spec.of.map(typeText).join(', or ')
    case 'paths':
      return 'a map of field paths to numbers'
  }
}
