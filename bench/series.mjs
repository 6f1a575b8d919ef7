// A series of a million requests: memory and CPU time. Prints a section of docs/benchmarks.md.
import { measure } from './measure.mjs'

export function seriesSection() {
  const { megabytes, cpu } = measure(['generate', '--count', '1000000', '--series', '-o', '-'])
  return `## A long series

\`blkring generate --count 1000000 --series -o -\`, a snapshot after every push: ${megabytes} MB at most, ${cpu.toFixed(1)} s of CPU time. The bound is
150 MB.
`
}
