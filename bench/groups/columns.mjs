/** @type {import('../table.mjs').Group} */
export default {
  name: 'columns',
  about:
    'In memory, over the synthetic capture: columns from bytes, and bytes from columns; in place where the bytes lie in the memory of the batch.',
  inTurn: true,
  rounds: 7,
  contenders: async (bench, node) => {
    const [whole, half] = [await bench.capture(), await bench.capture(16)]
    const c = bench.compiled('columns')
    const ours = bench.script('bulk')
    return {
      C: [c, 'decode', whole],
      columns: [node, ours, 'decode', whole],
      'in place': [node, ours, 'decodeInPlace', whole],
      'C of half responses': [c, 'decode', half],
      half: [node, ours, 'decode', half],
      'half in place': [node, ours, 'decodeInPlace', half],
      'C, back to bytes': [c, 'encode', whole],
      bytes: [node, ours, 'encode', whole],
      'bytes in place': [node, ours, 'encodeInPlace', whole],
    }
  },
  rows: [
    { work: 'columns, in place', of: 'in place', times: 'C', goal: 1.2 },
    { work: 'columns, with a copy', of: 'columns', times: 'C', goal: 1.35 },
    { work: 'columns of half responses, in place', of: 'half in place', times: 'C of half responses', goal: 1.2 },
    { work: 'columns of half responses, with a copy', of: 'half', times: 'C of half responses', goal: 1.35 },
    { work: 'back to bytes, in place', of: 'bytes in place', times: 'C, back to bytes', goal: 1.3 },
    { work: 'back to bytes, copied there and back', of: 'bytes', times: 'C, back to bytes', goal: 2.2 },
  ],
}
