// The table of commands that oclif loads (package.json: oclif.commands).
import Check from './check/command.ts'
import Decode from './decode/command.ts'
import Diff from './diff/command.ts'
import Doctor from './doctor/command.ts'
import Find from './find/command.ts'
import Generate from './generate/command.ts'
import Inspect from './inspect/command.ts'
import Layout from './layout/command.ts'
import Stats from './stats/command.ts'
import Vbds from './vbds/command.ts'

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
