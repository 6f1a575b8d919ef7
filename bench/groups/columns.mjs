/** @type {import('../table.mjs').Group} */
export default {
  name: 'columns',
  about: 'In memory, over the synthetic capture: columns from bytes, and bytes from columns.',
  inTurn: true,
  rounds: 7,
  contenders: async (bench, node) => {
    const [whole, half] = [await bench.capture(), await bench.capture(16)]
    const c = bench.compiled('columns')
    const ours = bench.script('bulk')
    return {
      C: [c, 'decode', whole],
      columns: [node, ours, 'decode', whole],
      'C of half responses': [c, 'decode', half],
      half: [node, ours, 'decode', half],
      'C, back to bytes': [c, 'encode', whole],
      bytes: [node, ours, 'encode', whole],
    }
  },
  rows: [
    { work: 'columns', of: 'columns', times: 'C', goal: 1.35 },
    { work: 'columns, half of the slots responses', of: 'half', times: 'C of half responses', goal: 1.35 },
    { work: 'back to bytes', of: 'bytes', times: 'C, back to bytes', goal: 2.2 },
  ],
}
