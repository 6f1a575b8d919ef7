import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileKsy } from '../kaitai.mjs'

/** The slow ones get a part of the capture, the slowest a smaller one. */
const PART = 16
const LITTLE = 256
const peer = (name) => join(import.meta.dirname, '..', name)

async function kaitaiPython(bench) {
  const files = await compileKsy('python')
  return bench.once('kaitai', (folder) => {
    mkdirSync(folder)
    for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source)
    return folder
  })
}

/** @type {import('../table.mjs').Group} */
export default {
  name: 'objects',
  about:
    'One ring after another to objects, in memory, over the synthetic capture: ours, and what people would pick. C makes columns.',
  inTurn: true,
  rounds: 7,
  contenders: async (bench, node) => {
    const part = await bench.capture(0, PART)
    const little = await bench.capture(0, LITTLE)
    return {
      C: [bench.compiled('columns'), 'decode', await bench.capture()],
      decodeRing: [node, bench.script('bulk'), 'objects', part],
      dataView: [node, bench.script('bulk'), 'dataView', part],
      kaitai: [node, peer('bulk-kaitai.mjs'), part],
      struct: ['python3', peer('bulk-struct.py'), part],
      kaitaiPython: bench.python && [bench.python, peer('bulk-kaitai.py'), little, await kaitaiPython(bench)],
      construct: bench.python && [bench.python, peer('bulk-construct.py'), little],
    }
  },
  shares: { decodeRing: PART, dataView: PART, kaitai: PART, struct: PART, kaitaiPython: LITTLE, construct: LITTLE },
  rows: [
    { work: '`decodeRing`: states, doubts and findings of every slot', of: 'decodeRing', times: 'C', goal: 16 },
    { work: 'hand-written objects from a `DataView`', of: 'dataView', times: 'C' },
    { work: 'Kaitai Struct 0.11, JavaScript', of: 'kaitai', times: 'C' },
    { work: 'Python `struct`', of: 'struct', times: 'C' },
    { work: 'Kaitai Struct 0.11, Python', of: 'kaitaiPython', times: 'C' },
    { work: 'Python `construct` 2.10', of: 'construct', times: 'C' },
  ],
}
