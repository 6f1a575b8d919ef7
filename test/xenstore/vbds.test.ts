// Listings of XenStore and of xl: what block devices they name.

import { expect, test } from 'vitest'
import { vbdsText } from '../../src/commands/vbds/text.ts'
import { plainStyle } from '../../src/print/style.ts'
import { listVbds, parseXenstore } from '../../src/xenstore/devices.ts'
import { ringRefs } from '../../src/xenstore/queues.ts'
import { vdevName } from '../../src/xenstore/vdev.ts'
import { allCaptures, textOf } from '../support/captures.ts'

/** The same nodes as xenstore-ls prints them without -f: every folder a line, its children one space further in. */
function indented(text: string): string {
  const lines: string[] = []
  const open: string[] = []
  const nodes = text
    .split('\n')
    .flatMap((line) => (/^(\/\S+) = (".*")$/.exec(line)?.slice(1) as [string, string] | undefined) ?? [])
  const values = new Map(Array.from({ length: nodes.length / 2 }, (_, i) => [nodes[2 * i]!, nodes[2 * i + 1]!]))
  for (const path of [...values.keys()].sort((a, b) => (a.split('/').join('\0') < b.split('/').join('\0') ? -1 : 1))) {
    const keys = path.slice(1).split('/')
    const known = keys.findIndex((key, i) => key !== open[i])
    for (let depth = known < 0 ? keys.length : known; depth < keys.length; depth++) {
      const whole = `/${keys.slice(0, depth + 1).join('/')}`
      lines.push(`${' '.repeat(depth)}${keys[depth]} = ${values.get(whole) ?? '""'}`)
    }
    open.splice(0, open.length, ...keys)
  }
  return `${lines.join('\n')}\n`
}

allCaptures('whole paths, the indented tree and one with permissions say the same', (captures) => {
  const listings = captures.flatMap((c) => textOf(c, 'xenstore.txt') ?? [])
  expect(listings.length).toBeGreaterThan(20)
  for (const text of listings) {
    const byPath = listVbds(text).map(({ frontend, backend, ...rest }) => [[...frontend].sort(), [...backend].sort(), rest])
    const sorted = (devices: unknown[]) => devices.map((d) => JSON.stringify(d)).sort()
    const fromTree = listVbds(indented(text)).map(({ frontend, backend, ...rest }) => [
      [...frontend].sort(),
      [...backend].sort(),
      rest,
    ])
    expect(sorted(fromTree)).toEqual(sorted(byPath))
    const permissions = listVbds(text.replace(/"$/gm, '"   (n3,r0)')).map(({ frontend, backend, ...rest }) => [
      [...frontend].sort(),
      [...backend].sort(),
      rest,
    ])
    expect(permissions).toEqual(byPath)
  }
})

/** As tools/xl/xl_block.c prints it. */
const BLOCK_LIST = `Vdev  BE  handle state evt-ch ring-ref BE-path                       
51712 0   3      4     9      9        /local/domain/0/backend/vbd/3/51712
268441856 2   3      1     -1     -1       /local/domain/2/backend/qdisk/3/268441856
`

test('xl block-list', () => {
  const [first, second] = listVbds(BLOCK_LIST)
  expect([first!.domain, ringRefs(first!), first!.frontend.get('event-channel')]).toEqual([3, [[9]], '9'])
  expect([ringRefs(second!), second!.frontend.get('event-channel'), second!.frontend.get('backend-id')]).toEqual([
    [[]],
    undefined,
    '2',
  ])
  expect(parseXenstore(BLOCK_LIST)).toHaveLength(2)
})

const CONFIGURED = JSON.stringify([
  { domid: 0, config: { c_info: { type: 'pv', name: 'Domain-0' } } },
  {
    domid: 3,
    config: {
      c_info: { name: 'db1' },
      disks: [
        { pdev_path: '/dev/vg0/db1', vdev: 'xvda', backend: 'phy', format: 'raw', readwrite: 1 },
        { pdev_path: '/iso/tools.iso', vdev: 'xvdb', readwrite: 0, is_cdrom: 1 },
      ],
    },
  },
])

test('xl list -l: guests and their disks, of which no ring is known', () => {
  expect(vbdsText(listVbds(CONFIGURED), { style: plainStyle, width: Number.POSITIVE_INFINITY }).split('\n').slice(1, 3)).toEqual([
    '3 (db1)  xvda  -      -         -         -                    -            -  w     -         phy:/dev/vg0/db1',
    '3 (db1)  xvdb  -      -         -         -                    -            -  r     -         /iso/tools.iso',
  ])
  expect(parseXenstore(CONFIGURED)).toEqual([])
})

test.each([
  '[',
  '{"domid":',
  '[{"domid":1,"config":{"disks":[null,1,"x",[],{}]}}]',
  '[{"domid":"x"}]',
  `${'['.repeat(1e5)}"domid"`,
])('JSON that is no listing: %.40s', (text) => {
  for (const vbd of listVbds(text))
    expect([vbd.published, vbdsText([vbd], { style: plainStyle, width: Number.POSITIVE_INFINITY })]).toEqual([
      false,
      expect.stringContaining('-'),
    ])
})

test('a backend whose frontend the listing does not have, and a frontend that names another backend than is there', () => {
  const vbds = listVbds(`/local/domain/3/name = "db1"
/local/domain/3/device/vbd/51728/backend = "/local/domain/0/backend/vbd/3/51728"
/local/domain/3/device/vbd/51728/protocol = "x86_64-abi"
/local/domain/0/backend/vbd/3/51712/sectors = "8"
`)
  expect(
    vbds.map(({ frontend, backend, published, guest }) => [frontend.get('protocol'), backend.get('sectors'), published, guest]),
  ).toEqual([
    ['x86_64-abi', undefined, true, 'db1'],
    [undefined, '8', false, 'db1'],
  ])
})

test('paths that no store can hold are passed over, however many there are', () => {
  const deep = Array.from({ length: 40 }, (_, i) => `${' '.repeat(i)}${'k'.repeat(3000)} = ""`).join('\n')
  const wide = Array.from({ length: 50_000 }, (_, i) => `${' '.repeat(60)}n${i} = "1"`).join('\n')
  expect(listVbds(`${deep}\n${wide}`)).toEqual([])
})

test.each([
  [51712, 'xvda'],
  [51713, 'xvda1'],
  [51968, undefined],
  [768, 'hda'],
  [2048, 'sda'],
  [268441856, 'xvdz'],
  [2 ** 28 + 26 * 256 + 1, 'xvdaa1'],
  [2 ** 29, undefined],
  [70000, undefined],
])('virtual-device %i is %s', (vdev, name) => {
  expect(vdevName(vdev)).toBe(name)
})
