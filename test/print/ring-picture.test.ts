// The picture: each slot's sign, the carets under the slots that the indices fall on, and no line longer than the terminal.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slotOf } from '../../src/codec/ring/ring-idx.ts'
import { pictureOf } from '../../src/inspect/index.ts'
import { pictureLines } from '../../src/print/ring-picture.ts'
import { plainStyle } from '../../src/print/style.ts'
import { anyView, viewsOf } from '../inspect/rings.ts'

const picture = (path: string, width: number) => pictureLines(pictureOf(viewsOf(path, 1)[0]!), { style: plainStyle, width })

test('out of order: answered requests, and what the indices point at', () => {
  expect(picture('dumps/out-of-order', 52)).toEqual([
    ' 0  <r <r <r <r <r <w <w <w -w -w -w >w >w .  .  .',
    '                            ^ rsp_prod 8',
    '                               ^ rsp_event 9',
    '                               req_prod 13 ^',
    '                                 req_event 14 ^',
    '16  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .',
    '> in flight  - answered already  < response',
    '. not used yet  r read  w write',
  ])
})

test('a narrow terminal', () => {
  expect(picture('dumps/idle', 20)).toEqual([
    ' 0  <r <r <r .',
    '  rsp_prod 3 ^',
    '  req_prod 3 ^',
    ' 4  .  .  .  .',
    '    ^ rsp_event 4',
    '    ^ req_event 4',
    '    8 to 31 not used yet',
    '< response',
    '. not used yet',
    'r read',
  ])
})

test('four pages, indirect requests as capitals', () => {
  const lines = picture('dumps/multi-page', 80)
  expect(lines.find((line) => line.startsWith(' 64'))).toBe(' 64  >W >W >W >W >W >W >W >W >R >r >w >W >W .  .  .')
  expect(lines).toContain('     80 to 127 not used yet')
})

test('error responses', () => {
  const marks = picture('dumps/error', 80).join('\n').match(/x[rw]/g)
  const errors = viewsOf('dumps/error', 1)[0]!.ring.slots.filter((s) => s.state === 'response' && s.response.status !== 0)
  expect(marks).toHaveLength(errors.length)
  expect(errors.length).toBeGreaterThan(0)
})

const SLOT_ROW = /^ *(\d+) {2}((?:[->?<x!.][a-zA-Z ](?: |$)?|\.(?: {2}|$))+)$/

test('every slot once, and a caret where each index points, at any width', () => {
  fc.assert(
    fc.property(anyView, fc.integer({ min: 20, max: 250 }), (view, width) => {
      const { geometry, sring } = view.ring
      const lines = pictureLines(pictureOf(view), { style: plainStyle, width })
      const margin = String(geometry.nr_ents - 1).length + 2
      let slots = 0
      let row = 0
      const pointed = new Map<string, number>()
      for (const line of lines) {
        const many = /^ +(\d+) to (\d+) not used yet$/.exec(line)
        const caret = line.indexOf('^')
        if (many) slots += Number(many[2]) - Number(many[1]) + 1
        else if (caret >= 0) {
          for (const [, name, index] of line.matchAll(/(re[qs]p?_(?:prod|event)|rsp_(?:prod|event)) (\d+)/g)) {
            expect(Number(index)).toBe(sring[name as keyof typeof sring])
            pointed.set(name!, row + (caret - margin) / 3)
          }
        } else if (SLOT_ROW.test(line) && /^ *\d/.test(line)) {
          row = Number.parseInt(line, 10)
          slots += Math.ceil((line.length - margin + 1) / 3)
        }
        if (width >= (caret < 0 ? 40 : 100)) expect(line.length).toBeLessThanOrEqual(width)
      }
      expect(slots).toBe(geometry.nr_ents)
      for (const [name, index] of Object.entries(sring)) expect(pointed.get(name), name).toBe(slotOf(index, geometry.nr_ents))
    }),
    { numRuns: 60 },
  )
})
