// Text as snprintf of tapdisk's td-blkif.c gives it, in both places that it stands in.
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IoRingError, isIoRing, parseIoRing } from '../../src/doctor/index.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

interface Indices {
  readonly req: readonly [prod: number, cons: number, event: number]
  readonly rsp: readonly [prod: number, pvt: number, event: number]
}

/** "%u %d %u", as it prints them. */
function textOf({ req, rsp }: Indices, nr_ents = 32): string {
  return `nr_ents ${nr_ents}\nreq prod ${req[0]} cons ${req[1] | 0} event ${req[2]}\nrsp prod ${rsp[0]} pvt ${rsp[1] | 0} event ${rsp[2]}\n`
}

/** With the checksum before it, as an unsigned long of a 64-bit or a 32-bit machine; the file may be longer than the text. */
function withChecksum(text: string, bytes: 4 | 8, tail = 0): Uint8Array {
  const body = bytesOf(text)
  const file = new Uint8Array(bytes + body.length + tail)
  new DataView(file.buffer).setUint32(0, crc32(body), true)
  file.set(body, bytes)
  return file
}

const index = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const indices = fc.record({ req: fc.tuple(index, index, index), rsp: fc.tuple(index, index, index) })

test('any indices, plain and behind a checksum', () => {
  fc.assert(
    fc.property(indices, fc.constantFrom(32, 64, 128, 256, 512), fc.constantFrom(0, 4, 8), (all, nr_ents, header) => {
      const text = textOf(all, nr_ents)
      const bytes = header === 0 ? bytesOf(text) : withChecksum(text, header as 4 | 8, 100)
      expect(isIoRing(bytes)).toBe(true)
      const [req_prod, req_cons, req_event] = all.req
      const [rsp_prod, rsp_prod_pvt, rsp_event] = all.rsp
      const checksum = header === 0 ? undefined : true
      expect(parseIoRing(bytes)).toEqual({ nr_ents, req_prod, req_cons, req_event, rsp_prod, rsp_prod_pvt, rsp_event, checksum })
    }),
  )
})

const PLAIN = textOf({ req: [27, 27, 28], rsp: [21, 21, 22] })

test('a checksum that is not that of the text', () => {
  const file = withChecksum(PLAIN, 8)
  file[0]! ^= 1
  expect(parseIoRing(file).checksum).toBe(false)
})

test.each([
  '\n  nr_ents   32  req prod 27   cons 27 event 28 rsp prod 21 pvt 21 event 22',
  'nr_ents: 32\r\nreq prod=27, cons=27, event=28\r\nrsp prod=21, pvt=21, event=22\r\n',
])('other spacing: %j', (text) => {
  const { checksum, ...rest } = parseIoRing(bytesOf(PLAIN))
  expect(parseIoRing(bytesOf(text))).toEqual({ ...rest, checksum })
})

test.each([
  ['nr_ents 31\n', 'line 1, column 9: nr_ents 31 is no power of two'],
  ['nr_ents 0\n', 'line 1, column 9: expected a number from 1 to 65536, found "0"'],
  ['nr_ents 32\nreq prod 27 cons x event 28\n', 'line 2, column 18: expected a number, found "x"'],
  ['nr_ents 32\nreq prod 27 cons 27 evnt 28\n', 'line 2, column 21: expected "event", found "evnt"'],
  [
    'nr_ents 32\nreq prod 27 cons 27 event 4294967296\n',
    'line 2, column 27: expected a number from -2147483648 to 4294967295, found "4294967296"',
  ],
  ['nr_ents 32\nreq prod 27', 'line 2, column 12: expected "cons", found the text ends'],
  [`${PLAIN}more`, 'line 4, column 1: expected the end of the text, found "more"'],
])('%j cannot be read', (text, message) => {
  expect(() => parseIoRing(bytesOf(text))).toThrow(new IoRingError(0, 0, '').constructor as never)
  expect(() => parseIoRing(bytesOf(text))).toThrow(message)
})

test('whatever the bytes are, they are read or refused in one line', () => {
  const word = fc.constantFrom('nr_ents', 'req', 'prod', 'cons', 'event', 'rsp', 'pvt', '32', '-1', '9999999999', '\n', '\0', 'é')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(word).map((w) => bytesOf(`nr_ents ${w.join(' ')}`)),
      ),
      (bytes) => {
        try {
          parseIoRing(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(IoRingError)
          expect((error as Error).message).toMatch(/^line \d+, column \d+: .+$/)
        }
      },
    ),
  )
})
