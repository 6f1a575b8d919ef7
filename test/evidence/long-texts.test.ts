// Texts of so many lines that they are not held: the same is read of them.
import { expect, test } from 'vitest'
import { readStatements } from '../../src/evidence/read.ts'
import { again } from '../../src/paste/again.ts'
import { readVbds } from '../../src/xenstore/devices.ts'

/** More lines than are held. */
const MANY = 70_000
const FRONTEND = '/local/domain/3/device/vbd/51712'
const LISTING = `> ${FRONTEND}/virtual-device = "51712"
> ${FRONTEND}/backend =
> "/local/domain/0/backend/vbd/3/51712"
> ${FRONTEND}/ring-ref = "8"
`
const LOG = `[   12.000000] I/O error, dev xvda, sector 8 op 0x1:(WRITE) flags 0x800 phys_seg 2 prio class 0
241:  1000  0  xen-dyn-lateeoi -event blkif
=== 700 3.xvda-0
[<0>] submit_bio_wait+0x5e/0x90
[<0>] xen_blkif_schedule+0x9b3/0x17d0 [xen_blkback]
`

test('a listing behind very many lines is the one that it is alone', () => {
  const [alone, behind] = [readVbds(LISTING), readVbds('\n'.repeat(MANY) + LISTING)]
  expect(alone.vbds).toHaveLength(1)
  expect(behind).toEqual({ ...alone, others: alone.others.map((line) => ({ ...line, number: line.number + MANY })) })
})

test('statements behind very many lines are those of the text alone, in their lines', () => {
  const [alone, behind] = [readStatements('a', LOG + LISTING), readStatements('a', '\n'.repeat(MANY) + LOG + LISTING)]
  expect(new Set(alone.statements.map(({ kind }) => kind)).size).toBeGreaterThan(2)
  expect(behind.lines).toBe(alone.lines)
  expect(behind.used).toEqual(alone.used.map((line) => line + MANY))
  const moved = alone.statements.map((statement) => ({ ...statement, line: statement.line! + MANY }))
  expect(behind.statements).toEqual(moved)
})

test('few are made once, many as often as they are gone through', () => {
  const made = (count: number) => {
    let times = 0
    const numbers = again(function* () {
      times++
      for (let n = 0; n < count; n++) yield n
    })
    const lengths = [[...numbers].length, [...numbers].length]
    return { times, lengths }
  }
  expect(made(65_536)).toEqual({ times: 1, lengths: [65_536, 65_536] })
  expect(made(65_537)).toEqual({ times: 3, lengths: [65_537, 65_537] })
})
