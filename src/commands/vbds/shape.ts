// What `vbds --json` prints.
import { json } from '../../print/shape.ts'
import { MISSING_PARTS } from '../../xenstore/missing.ts'

const NODES = json.map(json.string(), "the device's nodes, by their paths below its folder")

export const VBD = json.object({
  domain: json.nullable(json.integer("the guest's")),
  guest: json.nullable(json.string('its name')),
  disk: json.nullable(json.string('xvda')),
  protocol: json.nullable(json.string()),
  queues: json.list(json.list(json.integer('grant reference')), 'references of the ring pages of each queue'),
  frontend: NODES,
  backend: NODES,
  missing: json.list(json.word(MISSING_PARTS), 'what the listing does not say of the device'),
})

export const VBDS = json.list(VBD)
