import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup.mjs'

const PAGE = 4096
const PIECE_PAGES = 4096
/** Bytes of a third of a piece. */
const THIRD = Math.floor(PIECE_PAGES / 3) * PAGE

/** One readSync after another into one buffer, as large as the scan's. */
const READ = `const { openSync, readSync } = require('node:fs'); const buffer = new Uint8Array(2 ** 20); const fd = openSync(process.argv[1])
while (readSync(fd, buffer, 0, buffer.length, null) > 0);`

function writeImage(path, gib) {
  const piece = Buffer.alloc(PIECE_PAGES * PAGE)
  randomFillSync(piece, 0, THIRD)
  piece.fill('what is written in memory, again and again\n', 2 * THIRD)
  readFileSync(join(root, 'dumps/direct/ring.bin')).copy(piece, (PIECE_PAGES / 2) * PAGE)
  const fd = openSync(path, 'w')
  for (let at = 0; at < gib * 2 ** 30; at += piece.length) writeSync(fd, piece)
  closeSync(fd)
  return path
}

/** @type {import('../table.mjs').Group} */
export default {
  name: 'find',
  about: `\`blkring find\` of raw memory, of which a third is noise, a third zeros, a third text, with a ring in every 16 MiB, against a bare process
that reads the same file with \`readSync\` into one buffer of 1 MiB. Whole processes, start-up included.`,
  rounds: 5,
  contenders: (bench, node) => {
    const [one, four] = [1, 4].map((gib) => bench.once(`${gib}.img`, (path) => writeImage(path, gib)))
    return {
      'reading 1 GiB': [node, '-e', READ, one],
      one: [node, 'bin/run.js', 'find', one],
      'reading 4 GiB': [node, '-e', READ, four],
      four: [node, 'bin/run.js', 'find', four],
    }
  },
  rows: [
    { work: '`find` in 1 GiB', of: 'one', times: 'reading 1 GiB', goal: 1.45 },
    { work: '`find` in 4 GiB', of: 'four', times: 'reading 4 GiB', goal: 1.25 },
    { work: 'the same, memory', of: 'four', memory: true, goal: 100 },
  ],
}
