// The emulated backends in CPU time. Prints a section of docs/benchmarks.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importTypeScript } from '../scripts/run-typescript.mjs'

const REQUESTS = 400_000
const BYTES = 64 * 2 ** 20

export async function answerSection() {
  const { measureAnswers, measureCalls } = await importTypeScript(new URL('answer.ts', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'blkring-bench-'))
  try {
    const image = join(folder, 'disk.img')
    writeFileSync(image, Buffer.alloc(BYTES, 1))
    const millions = (rate) => `${(rate / 1e6).toFixed(2)} M`
    const rows = ['linux', 'qemu'].flatMap((backend) =>
      [false, true].flatMap((write) =>
        ['sequential', 'random'].map((pattern) => {
          const { requestsPerSecond, heapGrowthBytes } = measureAnswers(image, BYTES, {
            backend,
            write,
            pattern,
            requests: REQUESTS,
          })
          const alone = measureCalls(image, BYTES, write, pattern, REQUESTS)
          return `| ${backend} | ${pattern} ${write ? 'writes' : 'reads'} | ${millions(requestsPerSecond)} | ${millions(alone)} | ${Math.round(heapGrowthBytes / 1024)} KiB |`
        }),
      ),
    )
    return `## The emulated backends

4 KiB requests in batches of 16, from a ring to a raw image of ${BYTES / 2 ** 20} MiB in the page cache and back: taken, judged with a grant table, moved,
answered; writes that follow each other go out together. ${REQUESTS.toLocaleString('en')} of them after a warm-up. The goal is 0.5 M requests a second of CPU time. Beside it
stands what Node's system calls alone reach, one of 4 KiB a request: random writes cost the file system more than the goal allows.

| backend | I/O | requests a second of CPU time | system calls alone | growth of heap and buffers |
|---|---|---|---|---|
${rows.join('\n')}
`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
