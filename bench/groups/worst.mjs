import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importTypeScript } from '../../scripts/run-typescript.mjs'

const COMMANDS = [
  'decode --segments',
  'decode --json',
  'check --severity note --backend qemu',
  'doctor',
  'stats',
  'inspect',
  'inspect --tree --json',
  'diff --level io',
]
/** Of those of scripts/cost/inputs.ts the two that cost the most, and one that costs nothing. */
const RINGS = ['histories', 'noise-full', 'zeros']

/** @type {import('../table.mjs').Group} */
export default {
  name: 'worst',
  about: `The rings of 4 KiB that cost the most of those that are known, over \`blkring --version\`; a ring of zeros costs what a command needs to begin with.
\`npm run cost\` tries every command over every such input.`,
  rounds: 9,
  codes: [0, 1],
  contenders: async (bench, node) => {
    const { RINGS: made } = await importTypeScript(new URL('../../scripts/cost/inputs.ts', import.meta.url))
    const folder = bench.once('worst', (path) => {
      mkdirSync(path)
      for (const name of RINGS) writeFileSync(join(path, name), made[name]())
      return path
    })
    const run = (command, ring) => [
      node,
      'bin/run.js',
      ...command.split(' '),
      ...(command.startsWith('diff') ? ['dumps/direct'] : []),
      join(folder, ring),
    ]
    const contenders = { version: [node, 'bin/run.js', '--version'] }
    for (const command of COMMANDS) for (const ring of RINGS) contenders[`${command} ${ring}`] = run(command, ring)
    return contenders
  },
  rows: COMMANDS.flatMap((command) =>
    RINGS.map((ring) => ({
      work: `\`${command}\` of ${ring}`,
      of: `${command} ${ring}`,
      over: 'version',
      ...(ring === 'zeros' ? {} : { goal: 50 }),
    })),
  ),
}
