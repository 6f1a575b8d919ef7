/** @type {import('../table.mjs').Group} */
export default {
  name: 'start',
  about: 'Start-up: whole processes, over bare Node (`node -e 0`), median of pairs.',
  rounds: 25,
  contenders: (_, node) => ({
    bare: [node, '-e', '0'],
    version: [node, 'bin/run.js', '--version'],
    decode: [node, 'bin/run.js', 'decode', 'dumps/direct'],
  }),
  rows: [
    { work: '`blkring --version`', of: 'version', over: 'bare' },
    { work: '`blkring decode dumps/direct`', of: 'decode', over: 'bare', goal: [32, 28, 30] },
  ],
}
