// The table of commands that oclif loads (package.json: oclif.commands).
import Check from '../commands/check.ts'
import Decode from '../commands/decode.ts'
import Diff from '../commands/diff.ts'
import Doctor from '../commands/doctor.ts'
import Find from '../commands/find.ts'
import Generate from '../commands/generate.ts'
import Inspect from '../commands/inspect.ts'
import Layout from '../commands/layout.ts'
import Stats from '../commands/stats.ts'
import Vbds from '../commands/vbds.ts'

export { main } from './main.ts'

export const COMMANDS = {
  check: Check,
  decode: Decode,
  diff: Diff,
  doctor: Doctor,
  find: Find,
  generate: Generate,
  inspect: Inspect,
  layout: Layout,
  stats: Stats,
  vbds: Vbds,
}
