// The emulated driver in CPU time. Prints a section of docs/benchmarks.md.
import { importTypeScript } from '../scripts/run-typescript.mjs'

const REQUESTS = 1_000_000

export async function emulatorSection() {
  const { measureEmulator } = await importTypeScript(new URL('emulator.ts', import.meta.url))
  const rows = ['seed', 'extra-req', 'modern'].flatMap((driver) =>
    [false, true].map((persistent) => {
      const { requestsPerSecond, heapGrowthBytes } = measureEmulator(driver, persistent, REQUESTS)
      const rate = (requestsPerSecond / 1e6).toFixed(2)
      return `| ${driver} | ${persistent ? 'persistent, copied' : 'fresh for each request'} | ${rate} M | ${Math.round(heapGrowthBytes / 1024)} KiB |`
    }),
  )
  return `## The emulated driver

4 KiB requests, reads and writes in turn, in batches of 16: submit, push, consume, respond, push, interrupt. A million of them after a
warm-up. The bound is 0.3 M requests a second of CPU time.

| driver | grants | requests a second of CPU time | growth of heap and buffers |
|---|---|---|---|
${rows.join('\n')}
`
}
