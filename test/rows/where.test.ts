// --where: what it chooses, of slots and of rows alike, and how it says what is wrong with an expression.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { Slot } from '../../src/codec/ring/ring.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { ROW } from '../../src/rows/row-table.ts'
import { whereFields } from '../../src/rows/where/fields.ts'
import { whereOf } from '../../src/rows/where/where.ts'
import { rings } from '../support/rings.ts'

const PLACE = { snapshot: 7, queue: undefined }

function ringOf(path: string): readonly Slot[] {
  const [dump] = [...loadDumps(path)]
  return decodeRing(dump!.bytes, x86_64, dump!).slots
}

/** Slots chosen of a captured ring. */
const chosen = (path: string, expression: string) =>
  ringOf(path)
    .filter((slot) => whereOf(expression).slot(slot, PLACE))
    .map((s) => s.slot)

const direct = ringOf('dumps/direct')
const slotsWhere = (test: (slot: Slot) => boolean) => direct.filter(test).map((s) => s.slot)

test.each<[string, (slot: Slot) => boolean]>([
  ['state == request', (s) => s.state === 'request'],
  ['state != request', (s) => s.state === 'response'],
  ['op == write && state == request', (s) => s.state === 'request' && s.request.op === 'write'],
  ['nr_sectors > 64', (s) => s.state === 'request' && s.request.kind === 'rw' && s.request.nr_sectors > 64],
  [
    '!(nr_sectors > 64)',
    (s) => s.state !== 'unused' && !(s.state === 'request' && s.request.kind === 'rw' && s.request.nr_sectors > 64),
  ],
  ['status == OKAY || status == ERROR', (s) => s.state === 'response'],
  ['status < 0', () => false],
  [
    'id == 0x7 || slot >= 0x1e',
    (s) => s.slot >= 30 || (s.state === 'request' && s.request.id === 7n) || (s.state === 'response' && s.response.id === 7n),
  ],
  ['sector_number < 18446744073709551615', (s) => s.state === 'request'],
  [
    'op==write&&!nr_segments==1||slot==3',
    (s) =>
      s.slot === 3 ||
      (s.state === 'request' && s.request.op === 'write' && s.request.kind === 'rw' && s.request.nr_segments !== 1) ||
      (s.state === 'response' && s.response.op === 'write'),
  ],
  ['beneath.sector_number >= 0', (s) => s.state === 'response'],
  ['snapshot == 7', (s) => s.state !== 'unused'],
  ['queue == 0', () => false],
  ['nr_sectors == 99999999999999999999999', () => false],
  ['slot < 99999999999999999999999 && id > -1', (s) => s.state !== 'unused'],
])('%s', (expression, test) => {
  expect(chosen('dumps/direct', expression)).toEqual(slotsWhere(test))
})

test('words of other fields', () => {
  expect(chosen('dumps/indirect', 'op == indirect && indirect_op == write').length).toBeGreaterThan(0)
  expect(chosen('dumps/error', 'status == ERROR')).toEqual(chosen('dumps/error', 'status == -1'))
  expect(chosen('dumps/error', 'status == ERROR').length).toBeGreaterThan(0)
  expect(chosen('dumps/discard', 'op == discard && flag == 0 && nr_sectors > 0').length).toBeGreaterThan(0)
})

test.each([
  ['', 'column 1: expected the name of a field, ! or (, not the end'],
  ['opp == write', "column 1: no field 'opp'; did you mean op?"],
  ['foobar == 1', /^--where, column 1: no field 'foobar'; there are snapshot, queue, slot, /],
  ['sectors > 64', "column 1: no field 'sectors'; did you mean nr_sectors?"],
  ['ring == 1', "column 1: no field 'ring'; did you mean snapshot?"],
  ['segs == 1', "column 1: no field 'segs'; did you mean nr_segments?"],
  ['op == wrte', "column 7: op is never 'wrte'; did you mean write?"],
  ['op == 1', "column 7: expected read, write, barrier, flush, packet, discard, indirect, unknown, not '1'"],
  ['op > read', 'column 4: op has no order: use == or !='],
  ['op = read', "column 4: '=' alone means nothing; did you mean ==?"],
  ['id == 1 & id == 2', "column 9: '&' alone means nothing; did you mean &&?"],
  ['id == 1 | id == 2', "column 9: '|' alone means nothing; did you mean ||?"],
  ['id == 1 id == 2', "column 9: expected &&, || or the end, not 'id'"],
  ['(id == 1', 'column 9: expected &&, || or ), not the end'],
  ['id == 1)', "column 8: expected &&, || or the end, not ')'"],
  ['id', 'column 3: expected ==, !=, <, <=, > or >= behind id, not the end'],
  ['id ==', 'column 6: expected a number, not the end'],
  ['status == OKY', "column 11: status is never 'OKY'; did you mean OKAY?"],
  ['id == 12x', "column 7: '12x' cannot be read"],
  ['id == 1 # no', "column 9: '#' cannot be read"],
  ['   && id == 1', "column 4: expected the name of a field, ! or (, not '&&'"],
])('%s', (expression, message) => {
  expect(() => whereOf(expression)).toThrow(message)
})

test('more than anyone writes', () => {
  expect(() => whereOf(`${'('.repeat(1000)}id == 1`)).toThrow('column 202: more than 200 levels of ( and !')
  expect(() => whereOf('id == 1 || '.repeat(1000))).toThrow('column 4097: more than 4096 characters')
})

const comparison = fc
  .tuple(
    fc.constantFrom(...whereFields(ROW)),
    fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
    fc.oneof(fc.nat(40), fc.bigInt({ min: -3n, max: 2n ** 65n })),
    fc.nat(),
  )
  .map(([{ name, words, wordsOnly }, comparator, number, pick]) => {
    const word = [...words.keys()][pick % Math.max(words.size, 1)]
    if (wordsOnly) return `${name} ${comparator === '==' || comparator === '<' ? '==' : '!='} ${word}`
    return `${name} ${comparator} ${word !== undefined && pick % 2 ? word : number}`
  })
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    comparison,
    fc.tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression')).map(([a, join, b]) => `(${a} ${join} ${b})`),
    tie('expression').map((e) => `!(${e})`),
  ),
}))

test('rows and slots are chosen alike', () => {
  let some = 0
  fc.assert(
    fc.property(rings(1), expression, (bytes, text) => {
      const where = whereOf(text)
      const batch = new Batch(ringGeometry(x86_64, 1), 1)
      readBatch(batch, bytes)
      batchJudge(batch)()
      const slots = decodeRing(bytes, x86_64)
        .slots.filter((slot) => where.slot(slot, PLACE))
        .map((s) => s.slot)
      const rows = Array.from({ length: batch.rows }, (_, row) => row).filter((row) => where.row(batch, row, PLACE))
      expect(rows.map((row) => batch.slot[row])).toEqual(slots)
      if (rows.length > 0 && rows.length < batch.rows) some++
    }),
    { numRuns: 1000 },
  )
  expect(some).toBeGreaterThan(50)
})
