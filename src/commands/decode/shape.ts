// What `decode --json` prints.
import { json } from '../../print/shape.ts'
import { finding, queue, ringIndices, SLOT, sectorUnit, source } from '../../rows/shapes.ts'

export const DECODE = json.oneOrMany(
  json.object(
    {
      source,
      queue,
      protocol: json.string('as XenStore has it: x86_64-abi'),
      pages: json.integer('pages of the ring'),
      nr_ents: json.integer('slots'),
      sector_unit: sectorUnit,
      ...Object.fromEntries(Object.entries(ringIndices).map(([name, index]) => [name, json.nullable(index)])),
      outstanding: json.nullable(json.integer('req_prod - rsp_prod: requests that have no response')),
      slots: json.list(SLOT),
      findings: json.list(finding),
    },
    'a ring',
  ),
)
