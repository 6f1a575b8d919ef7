// What a text is that shows no ring: a word for each, and none for what nobody knows.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownText } from '../../src/evidence/known-texts.ts'
import { readStatements } from '../../src/evidence/read.ts'
import { readTextRings } from '../../src/hexdump/index.ts'
import { readTestimonies } from '../../src/testimony/index.ts'
import { reasonOfNone } from '../../src/xenstore/no-device.ts'
import { describeShared, SHARED } from '../support/shared.ts'

test.each<[string, RegExp, RegExp]>([
  [
    "(XEN) 'g' pressed -> printing grant tables\n(XEN) gnttab_usage_print_all [ key 'g' pressed",
    /^a grant table/,
    /find IMAGE --grant-table/,
  ],
  [
    "(XEN) [2026-11-26 10:45:00] 'q' pressed -> dumping domain info (now = 660212576302)",
    /^domains and their vCPUs/,
    /debug-keys e/,
  ],
  ['> (XEN) IRQ information:\n> (XEN)    IRQ:   0 vec:f0 IO-APIC-edge', /^interrupts of the host/, /debug-keys e/],
  ["(XEN) 'd' pressed -> dumping registers", /^registers and stacks/, /./],
  ["(XEN) 'r' pressed -> dumping run queues", /^run queues/, /./],
  ["(XEN) 'm' pressed -> memory info", /debug key/, /./],
  [
    'crash> struct blkfront_info ffff888005d83800\nstruct blkfront_info {\n  vdevice = 51712,\n  rinfo = 0xffff888006cc2000,',
    /^a struct blkfront_info/,
    /^struct blkfront_ring_info 0xffff888006cc2000 has them/,
  ],
  ['(gdb) ptype struct blkif_front_ring\ntype = struct blkif_front_ring {\n    RING_IDX req_prod_pvt;', /layout of a struct/, /./],
  [
    'crash> struct blkif_sring -o ffff8880072e2000\nstruct blkif_sring {\n  [ffff8880072e2000] RING_IDX req_prod;',
    /layout of a struct/,
    /./,
  ],
  ['No struct type named blkfront_ring_info.', /no types of the driver/, /mod -s xen_blkfront/],
  ['Cannot access memory at address 0xffffc9004009d000', /no memory at the address/, /xl dump-core/],
  ['Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)', /vCPUs/, /./],
])('%j', (text, problem, cure) => {
  const known = knownText(text)
  expect(known?.problem).toMatch(problem)
  expect(known?.cure).toMatch(cure)
})

test('of others nothing is said, and a megabyte without a line costs nothing', () => {
  expect(knownText('Dear all,\nthe disk of web1 hangs.\n')).toBeUndefined()
  for (const piece of ['a', '[', "'", ' ', '/* ', '0x', 'rinfo = ', '1: ', '\n', '[1] a '])
    expect(knownText(piece.repeat(2 ** 20 / piece.length))?.problem ?? '').not.toMatch(/grant/)
  // Empty lines, of which each could begin what goes on over all that follow.
  for (const piece of ['\n', ' \n', '> \n']) expect(reasonOfNone(piece.repeat(2 ** 20 / piece.length))).toBeUndefined()
})

describeShared('../shared/field/real: texts without a ring', () => {
  const real = join(SHARED, 'field/real')
  /** What belongs to no incident: nothing is known of it, and nothing has to be. */
  const OTHERS = /cmdline|iomem|proc-modules|uname|date|xl-info|io\d\.log|xenstore-(?:ls|list)|xl-list/
  const folders = ['errors', 'a-persistent-all-kinds/crash', 'a-persistent-all-kinds/gdb', 'a-persistent-all-kinds/drgn']
  test.each([...folders, 'a-persistent-all-kinds/2-hung/guest', 'a-persistent-all-kinds/2-hung/host'])(
    '%s: each is known, or says something',
    (folder) => {
      if (!existsSync(join(real, folder))) return
      const silent = readdirSync(join(real, folder)).filter((name) => {
        const text = readFileSync(join(real, folder, name), 'utf8')
        if (OTHERS.test(name) || text === '' || knownText(text)) return false
        return (
          readStatements(name, text).statements.length === 0 &&
          readTestimonies(text).testimonies.length === 0 &&
          readTextRings(text, undefined).length === 0
        )
      })
      expect(silent).toEqual([])
    },
  )
})
