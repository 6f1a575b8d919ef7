// The rows that commands print: a slot as JSON, chosen by an expression as --where has it; the table of its fields.
import { decodeCapture } from 'blkring/capture'
import { loadDumps } from 'blkring/node'
import { SLOT_FIELDS, slotJson, whereOf } from 'blkring/rows'

const where = whereOf('op == write && nr_sectors >= 8')
for (const capture of loadDumps('dumps/direct')) {
  const { ring } = decodeCapture(capture)
  const rows = ring.slots.filter((slot) => where.slot(slot, capture)).map(slotJson)
  for (const row of rows.slice(0, 1)) console.log(JSON.stringify(row))
  console.log(`${rows.length} rows`)
}
for (const { name, about } of SLOT_FIELDS.slice(0, 3)) console.log(`${name}: ${about}`)
