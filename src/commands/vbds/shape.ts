// What `vbds --json` prints.
import { integer, list, map, nullable, object, string } from '../../print/shape.ts'

const NODES = map(string(), "the device's nodes, by their paths below its folder")

export const VBD = object({
  domain: nullable(integer("the guest's")),
  guest: nullable(string('its name')),
  disk: nullable(string('xvda')),
  protocol: nullable(string()),
  queues: list(list(integer('grant reference')), 'references of the ring pages of each queue'),
  frontend: NODES,
  backend: NODES,
})

export const VBDS = list(VBD)
