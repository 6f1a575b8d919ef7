// Names of disks, against what the toolstack wrote into the XenStore of the captured hosts (`dev`), and Xen's table of numbers.

import { expect, test } from 'vitest'
import { diskName } from '../../src/xenstore/vdev.ts'
import { allCaptures, textOf } from '../support/captures.ts'

/** `.../backend/vbd/3/268442368/dev = "xvdab"` */
const DEV = /\/backend\/vbd\/\d+\/(\d+)\/dev = "([^"]+)"/g

allCaptures('the names that the toolstack gave', (captures) => {
  const named = new Map<number, string>()
  for (const capture of captures)
    for (const [, vdev, dev] of (textOf(capture, 'xenstore.txt') ?? '').matchAll(DEV)) named.set(Number(vdev), dev!)
  expect([...named.values()].sort()).toEqual(expect.arrayContaining(['xvda', 'xvdab']))
  for (const [vdev, dev] of named) {
    const name = diskName(vdev % 0x10000)
    expect(name, `${vdev} is ${dev}`).toBe(vdev < 0x10000 ? dev : `${dev} (0x${vdev.toString(16)}, cut to 16 bits)`)
  }
})

test.each([
  [0xca00, 'xvda'],
  [0xca01, 'xvda1'],
  [0xca1f, 'xvdb15'],
  [0xcaf0, 'xvdp'],
  [0x0801, 'sda1'],
  [0x0300, 'hda'],
  [0x0341, 'hdb1'],
  [0x1640, 'hdd, or xvdw64 (0x10001640, cut to 16 bits)'],
  [0x1680, 'xvdw128 (0x10001680, cut to 16 bits)'],
  [0x1900, 'xvdz (0x10001900, cut to 16 bits)'],
  [0x1a02, 'xvdaa2 (0x10001a02, cut to 16 bits)'],
  [0x0380, undefined],
  [0x0000, undefined],
  [0x0f00, undefined],
])('%i is %s', (handle, name) => expect(diskName(handle)).toBe(name))
