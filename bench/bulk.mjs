// Captures of any size: ours against C and others, in CPU time, in alternating rounds. Prints a section of docs/benchmarks.md.
// Alone, and smaller: node bench/bulk.mjs 32 (MiB).
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { importTypeScript } from '../scripts/run-typescript.mjs'

const root = join(import.meta.dirname, '..')
const MIB = 2 ** 20
/** The slow ones get a part of the capture. */
const PART = 16
const ROUNDS = 7

/** What the figures mean, and what was tried for better ones. */
const NOTES = `What was aimed at: columns at most 1.4 times C's time, back to bytes 2.3, whole processes 1.9 and 64 MB, objects 5, NDJSON 1.7 times fprintf.

- Columns miss it. Inside a loop that stores to typed arrays V8 (Node 20) loads and compares map, length and address of each of them again at
  every access, whatever was checked before the loop: some five instructions an access, of which a slot needs some 45. The columns of rows share one
  ArrayBuffer and are written through three views of it, and offsets are locals: that saved a sixth. Tried without gain: a pass per group of
  columns; integers forced with |0; offsets in an Int32Array; columns staggered against conflicts in the cache; pools in the same memory; u64 as
  BigUint64Array or DataView elements (5 and 21 ns an element, two halves 2 ns). Literal offsets would save 6 to 17%, but need the source once
  for each ABI. Raw words in place of the columns take 1.7 times C's full columns, at the price of columns that have to be derived.
- \`writeBatch\` misses it for the same reason; C encodes a batch in the cache at 15 to 20 GB/s.
- Objects miss it: \`decodeRing\` makes objects with states, doubts and findings of every slot; hand-written ones from a DataView, which do none of
  that, take 5 to 7 times C's columns.
- gzip: pieces of 64 KiB are unpacked; with 16 KiB the memory is 68 to 70 MB, and the CPU time a third more.
- Worker threads are not used: two processes with half of a capture each, which a second thread cannot beat, took 6 to 32% more CPU time.
`

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

export async function bulkSection(megabytes = 256) {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  try {
    return await measureAll(folder, megabytes * MIB)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureAll(folder, bytes) {
  const { makeCapture } = await importTypeScript(new URL('bulk-capture.ts', import.meta.url))
  const file = (name, size, answered) => {
    const path = join(folder, name)
    const fd = openSync(path, 'w')
    makeCapture(size, answered, (page) => writeSync(fd, page))
    closeSync(fd)
    return path
  }
  const whole = file('capture.bin', bytes, 0)
  const half = file('half.bin', bytes, 16)
  const part = file('part.bin', bytes / PART, 0)
  const c = join(folder, 'columns')
  execFileSync('gcc', ['-O2', '-o', c, join(import.meta.dirname, 'columns.c')])
  const ours = join(folder, 'bulk.mjs')
  const entry = `export { answer } from '${join(import.meta.dirname, 'bulk.ts')}'`
  buildSync({
    stdin: { contents: entry, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: ours,
    logLevel: 'error',
  })
  const js = (what, path) => [process.execPath, '-e', `import('${ours}').then((m) => m.answer('${what}', '${path}'))`]
  const inMemory = [
    ['C, columns', [c, 'decode', whole], bytes],
    ['`readBatch`, columns', js('decode', whole), bytes],
    ['C, columns, half of the slots responses', [c, 'decode', half], bytes],
    ['`readBatch`, the same', js('decode', half), bytes],
    ['C, back to bytes', [c, 'encode', whole], bytes],
    ['`writeBatch`', js('encode', whole), bytes],
    ['hand-written objects from a `DataView`', js('dataView', part), bytes / PART],
    ['`decodeRing`: binary-parser, states, doubts and findings', js('objects', part), bytes / PART],
    ['Kaitai Struct 0.11, JavaScript', [process.execPath, join(import.meta.dirname, 'bulk-kaitai.mjs'), part], bytes / PART],
    ['Python `struct`', ['python3', join(import.meta.dirname, 'bulk-struct.py'), part], bytes / PART],
  ]
  const perGiB = await rounds(inMemory)
  const [columns, , halfC, , encodeC] = perGiB
  const against = [columns, columns, halfC, halfC, encodeC, encodeC]
  const rows = inMemory.map(
    ([name], i) => `| ${name} | ${perGiB[i].toFixed(2)} | ${(perGiB[i] / (against[i] ?? columns)).toFixed(1)} |`,
  )
  return `## Captures of any size

A capture of ${bytes / MIB} MiB: pages of 32 slots, 60% direct requests, 25% indirect, 10% discards, 5% flushes; one id in ten uses all 64 bits.
CPU time, medians of ${ROUNDS} alternating rounds. The C is \`bench/columns.c\`, gcc -O2.

In memory, to columns or objects:

| | s a GiB | times C |
|---|---|---|
${rows.join('\n')}

${processes(folder, whole, half, bytes, c)}`
}

/** Seconds a GiB of each contender, which all stay alive and work in turn. */
async function rounds(contenders) {
  const running = contenders.map(([name, [command, ...args]]) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: root })
    return { name, child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), times: [] }
  })
  for (let round = -2; round < ROUNDS; round++)
    for (const { name, child, lines, times } of running) {
      child.stdin.write('\n')
      const { value } = await lines.next()
      if (value === undefined) throw new Error(`${name} has ended`)
      if (round >= 0) times.push(Number(value.split(' ')[0]))
    }
  for (const { child } of running) child.stdin.end()
  return running.map(({ times }, i) => (median(times) * 1024 * MIB) / contenders[i][2])
}

function processes(folder, whole, half, bytes, c) {
  const zipped = join(folder, 'capture.bin.gz')
  writeFileSync(zipped, execFileSync('gzip', ['-1', '-c', whole], { maxBuffer: 2 ** 32 }))
  const big = join(folder, 'big.bin')
  spawnSync('bash', ['-c', `for i in 1 2 3 4 5 6 7 8; do cat ${whole}; done > ${big}`])
  const decode = (path, ...more) =>
    `${process.execPath} bin/run.js decode --pages 1 --abi x86_64 --ndjson ${more.join(' ')} ${path} 2>/dev/null`
  const runs = [
    ['C, read and decode, 8 times the capture', `${c} read ${big}`],
    ['`streamRings` and `readBatch`, the same', `${process.execPath} bench/bulk-read.mjs ${big}`],
    ['C, NDJSON with fprintf', `${c} ndjson ${whole}`],
    ['`decode --ndjson`', decode(whole)],
    ['`decode --ndjson`, protocol judged by the bytes', decode(whole).replace('--abi x86_64 ', '')],
    ['`decode --csv`', decode(whole).replace('--ndjson', '--csv')],
    ["`decode --where 'slot > 99'`, nothing printed", decode(whole, "--where 'slot > 99'")],
    ['`gzip -dc` alone', `gzip -dc ${zipped}`],
    ['the same from gzip', decode(zipped, "--where 'slot > 99'")],
    ['`decode --ndjson \\| head -1`, 8 times the capture', `${decode(big)} | head -1`],
    ['`stats`', `${process.execPath} bin/run.js stats --pages 1 --abi x86_64 ${whole}`],
    ['`stats`, half of the slots responses', `${process.execPath} bin/run.js stats --pages 1 --abi x86_64 ${half}`],
  ]
  const times = runs.map(() => [])
  const memory = runs.map(() => 0)
  for (let round = 0; round < 3; round++)
    runs.forEach(([, command], i) => {
      const { seconds, megabytes } = timed(command, join(folder, 'rss'))
      times[i].push(seconds)
      memory[i] = Math.max(memory[i], megabytes)
    })
  const figures = times.map(median)
  const ratio = { 1: 0, 3: 2, 4: 2, 5: 2, 8: 7 }
  const rows = runs.map(
    ([name], i) =>
      `| ${name} | ${figures[i].toFixed(2)} | ${i in ratio ? (figures[i] / figures[ratio[i]]).toFixed(2) : ''} | ${memory[i] || ''} |`,
  )
  return `Whole processes over ${bytes / MIB} MiB, or as it says; medians of 3 rounds:

| | s | times the one above | memory at most, MB |
|---|---|---|---|
${rows.join('\n')}

${NOTES}`
}

/** CPU seconds of a shell command, and what its first process needed of memory. */
function timed(command, rss) {
  const [first, ...rest] = command.split(' | ')
  const report = `import resource,subprocess,sys;r=subprocess.call(sys.argv[2],shell=True);open(sys.argv[1],'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))`
  const script = `TIMEFORMAT="%U %S"; time (${[`python3 -c "${report}" ${rss} "$1"`, ...rest].join(' | ')}) >/dev/null`
  const { stderr } = spawnSync('bash', ['-c', script, 'bash', first], { cwd: root, encoding: 'utf8' })
  const [, user, system] = /([\d.]+) ([\d.]+)\s*$/.exec(stderr)
  return { seconds: Number(user) + Number(system), megabytes: Math.round(Number(readFileSync(rss, 'utf8')) / 1024) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await bulkSection(Number(process.argv[2] ?? 256)))
