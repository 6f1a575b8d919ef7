// Scanning a memory image against reading it. Prints a section of docs/benchmarks.md.
import { spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measure } from './measure.mjs'

const root = join(import.meta.dirname, '..')
const PAGE = 4096
const PIECE_PAGES = 4096
/** Bytes of a third of a piece. */
const THIRD = Math.floor(PIECE_PAGES / 3) * PAGE
const RUNS = 5

/** One readSync after another into one buffer, as large as the scan's. */
const READ = `const { openSync, readSync } = require('node:fs'); const buffer = new Uint8Array(2 ** 20); const fd = openSync(process.argv[1])
while (readSync(fd, buffer, 0, buffer.length, null) > 0);
const { userCPUTime, systemCPUTime } = process.resourceUsage(); console.log((userCPUTime + systemCPUTime) / 1e6)`

export function findSection() {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  try {
    const rows = [1, 4].map((gib) => {
      const path = join(folder, `${gib}.img`)
      writeImage(path, gib)
      const runs = Array.from({ length: RUNS }, () => ({ read: read(path), scan: measure(['find', path]) }))
      const [base, scan] = [least(runs.map((run) => run.read)), least(runs.map((run) => run.scan.cpu))]
      const megabytes = Math.max(...runs.map((run) => run.scan.megabytes))
      rmSync(path)
      return `| ${gib} | ${base.toFixed(2)} | ${scan.toFixed(2)} | ${(scan / base).toFixed(2)} | ${megabytes} |`
    })
    return `## Rings in a memory image

\`blkring find\` of raw memory, of which a third is noise, a third zeros, a third text, with a ring in every 16 MiB; and a bare process that
reads the same file with \`readSync\` into one buffer of 1 MiB. Whole processes, start-up included; the least of ${RUNS} runs each. The bounds
are 1.5 times the reading, and 100 MB.

| image, GiB | reading, s of CPU | finding, s of CPU | ratio | memory at most, MB |
|---|---|---|---|---|
${rows.join('\n')}
`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const least = (values) => Math.min(...values)

function read(path) {
  return Number(spawnSync(process.execPath, ['-e', READ, path], { cwd: root, encoding: 'utf8' }).stdout)
}

function writeImage(path, gib) {
  const piece = Buffer.alloc(PIECE_PAGES * PAGE)
  randomFillSync(piece, 0, THIRD)
  piece.fill('what is written in memory, again and again\n', 2 * THIRD)
  readFileSync(join(root, 'dumps/direct/ring.bin')).copy(piece, (PIECE_PAGES / 2) * PAGE)
  const fd = openSync(path, 'w')
  for (let at = 0; at < gib * 2 ** 30; at += piece.length) writeSync(fd, piece)
  closeSync(fd)
}
