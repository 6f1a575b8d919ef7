// The walk through a ring, without a terminal: where keys lead, and that the screen always has its size.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { screenLines } from '../../src/commands/inspect/screen.ts'
import { BINDINGS, type Browsing, press, type Rings, type RingView, sightAt, startAt } from '../../src/inspect/index.ts'
import { plainStyle } from '../../src/print/style.ts'
import { anyView, viewsOf } from './rings.ts'

const ringsOf = (views: readonly RingView[]): Rings => ({ ring: (n) => views[n] })
const indirect = ringsOf(viewsOf('dumps/indirect', 1))
const series = ringsOf(viewsOf('dumps/series', 3))

const keys = (state: Browsing, rings: Rings, ...pressed: string[]) => pressed.reduce((s, key) => press(s, key, rings), state)
const pathAt = (state: Browsing, rings: Rings) => sightAt(state.place, rings)!.spot.path

test('down goes through the fields, and from slot to slot', () => {
  const start = startAt(0, undefined)
  expect(pathAt(start, indirect)).toBe('sring.req_prod')
  expect(pathAt(keys(start, indirect, 'DOWN', 'j'), indirect)).toBe('sring.rsp_prod')
  const slot0 = keys(start, indirect, 'END', 'DOWN')
  expect(pathAt(slot0, indirect)).toBe('ring[0].rsp.id')
  expect(pathAt(keys(slot0, indirect, 'UP'), indirect)).toBe('sring.__pad')
  expect(keys(start, indirect, 'UP').place).toEqual(start.place)
})

test('right goes through every byte of the ring once, and left back', () => {
  let state = startAt(0, undefined)
  for (let offset = 0; offset < 4096; offset++) {
    const sight = sightAt(state.place, indirect)!
    if (sight.offset !== offset) expect.fail(`byte ${offset} is shown as ${sight.offset}`)
    state = press(state, 'RIGHT', indirect)
  }
  for (let offset = 4095; offset >= 0; offset--) {
    if (sightAt(state.place, indirect)!.offset !== offset) expect.fail(`byte ${offset} is not come back to`)
    state = press(state, 'LEFT', indirect)
  }
})

test('slots around, and requests in flight', () => {
  const start = startAt(0, undefined)
  expect(pathAt(keys(start, indirect, 'TAB'), indirect)).toBe('ring[0].rsp.id')
  expect(pathAt(keys(start, indirect, 'SHIFT_TAB'), indirect)).toBe('tail')
  expect(pathAt(keys(start, indirect, 'SHIFT_TAB', 'TAB'), indirect)).toBe('sring.req_prod')
  expect(pathAt(keys(start, indirect, 'n'), indirect)).toBe('ring[9].req.operation')
  expect(pathAt(keys(start, indirect, 'n', 'n'), indirect)).toBe('ring[10].req.operation')
  expect(pathAt(keys(start, indirect, 'n', 'n', 'N'), indirect)).toBe('ring[9].req.operation')
  expect(keys(startAt(0, 3), ringsOf(viewsOf('dumps/idle', 1)), 'n').note).toBe('no request is in flight')
})

test('a reference is followed to its page and back', () => {
  const reference = keys(startAt(0, 10), indirect, ...Array<string>(8).fill('DOWN'))
  expect(pathAt(reference, indirect)).toBe('ring[10].req.indirect_grefs[0]')
  const page = press(reference, 'ENTER', indirect)
  expect(pathAt(page, indirect)).toBe('ring[10].req.indirect_grefs[0].seg[0].gref')
  expect(pathAt(keys(page, indirect, 'END'), indirect)).toBe('ring[10].req.indirect_grefs[0].seg[511].gref')
  expect(press(keys(page, indirect, 'DOWN'), 'BACKSPACE', indirect).place).toEqual(reference.place)
  expect(keys(startAt(0, 10), indirect, 'ENTER').note).toBe('Enter follows the reference of an indirect page')
  expect(keys(startAt(0, 10), indirect, 'BACKSPACE').note).toBe('not in an indirect page')
  const bare = ringsOf([{ ...indirect.ring(0)!, indirectPages: new Map() }])
  expect(press(reference, 'ENTER', bare).note).toBe('no readable indirect-118.bin beside the ring')
})

test('a series is stepped through at the same place, and has ends', () => {
  const start = keys(startAt(0, 5), series, 'DOWN')
  const on = keys(start, series, ']', ']')
  expect(on.place).toEqual({ ...start.place, ring: 2 })
  expect(press(on, ']', series)).toMatchObject({ place: on.place, note: 'that was the last ring' })
  expect(press(start, '[', series).note).toBe('that was the first ring')
  expect(keys(on, series, '[', '[').place).toEqual(start.place)
})

test('the keys that leave', () => {
  for (const key of ['q', 'ESCAPE', 'CTRL_C']) {
    expect(press(startAt(0, 0), key, indirect).done).toBe(true)
    expect(keys(startAt(0, 0), indirect, '?', key).done).toBe(key !== 'ESCAPE')
  }
  // Esc closes the help, and then the view.
  expect(keys(startAt(0, 0), indirect, '?', 'ESCAPE')).toEqual(startAt(0, 0))
  expect(keys(startAt(0, 0), indirect, '?', 'ESCAPE', 'ESCAPE').done).toBe(true)
  expect(keys(startAt(0, 0), indirect, '?').help).toBe(true)
  expect(keys(startAt(0, 0), indirect, '?', 'x')).toEqual(startAt(0, 0))
  expect(keys(startAt(0, 0), indirect, 'x')).toEqual(startAt(0, 0))
})

test('a screen', () => {
  const state = keys(startAt(0, 10), indirect, ...Array<string>(8).fill('DOWN'), 'RIGHT')
  expect(screenLines(state, indirect, 'a ring', { width: 80, height: 16 }, plainStyle)).toMatchInlineSnapshot(`
    [
      "a ring  req_prod 94 req_event 95 rsp_prod 73 rsp_event 74",
      "   6 <w 16         04a8  11 00 00 00 00 00 00 00  id             17",
      "   7 <w 17         04b0  00 09 00 00 00 00 00 00  sector_number  2304  byte 1179",
      "   8 <w 18         04b8  00 ca                    handle         51712  xvda",
      "   9 >R 18       . 04ba        00 00              _pad2          ",
      "> 10 >R 17      >  04bc              76[00]00 00  indirect_grefs[0]  118  a page",
      "  11 >R 16       ~ 04c0  00 00 00 00              indirect_grefs[1]  0",
      "  12 >R 15       ~ 04c4              00 00 00 00  indirect_grefs[2]  0",
      "  13 >R 7        ~ 04c8  00 00 00 00              indirect_grefs[3]  0",
      "  14 >R 6        ~ 04cc              00 00 00 00  indirect_grefs[4]  0",
      "",
      "0x4bd  ring[10].req.indirect_grefs[0]",
      "u32 118 (0x76)  a page of segments",
      "ring[10]  index 74  request in flight: indirect read, id 17",
      "",
      "arrows move  Tab slot  n request  Enter follow  ] [ ring  ? keys  q leave",
    ]
  `)
})

test('a screen of a small terminal', () => {
  const state = keys(startAt(0, 11), indirect, 'DOWN')
  expect(screenLines(state, indirect, 'a ring', { width: 20, height: 5 }, plainStyle)).toMatchInlineSnapshot(`
    [
      "a ring  req_prod 94 ",
      "   0510  06         ",
      ">  0511    [00]     ",
      "   0512        20 00",
      "arrows move  Tab slo",
    ]
  `)
})

const anyKey = fc.oneof(
  fc.constantFrom(...BINDINGS.flatMap((b) => (b.action === 'quit' ? [] : b.keys))),
  fc.string({ maxLength: 3 }),
)

test('whatever is pressed and however small the terminal, there is a screen of its size', () => {
  fc.assert(
    fc.property(
      fc.array(anyView, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(anyKey, fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 40 })), { maxLength: 60 }),
      (views, steps) => {
        const rings = ringsOf(views)
        let state = startAt(0, 0)
        for (const [key, width, height] of steps) {
          state = press(state, key, rings)
          const { view, bytes, offset, spot } = sightAt(state.place, rings)!
          expect(views).toContain(view)
          expect(offset < bytes.length && offset >= spot.offset && offset < spot.offset + spot.size).toBe(true)
          const lines = screenLines(state, rings, 'any', { width, height }, plainStyle)
          expect(lines).toHaveLength(height)
          expect(lines.filter((line) => line.length > width)).toEqual([])
        }
      },
    ),
    { numRuns: 60 },
  )
})
