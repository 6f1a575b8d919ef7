// The table of commands that oclif loads (package.json: oclif.commands).
import Answer from './answer/command.ts'
import Check from './check/command.ts'
import Completion from './completion/command.ts'
import Decode from './decode/command.ts'
import Diff from './diff/command.ts'
import Doctor from './doctor/command.ts'
import Encode from './encode/command.ts'
import Find from './find/command.ts'
import Generate from './generate/command.ts'
import Inspect from './inspect/command.ts'
import Layout from './layout/command.ts'
import { runMain } from './main.ts'
import Mutate from './mutate/command.ts'
import Reduce from './reduce/command.ts'
import Report from './report/command.ts'
import Stats from './stats/command.ts'
import Vbds from './vbds/command.ts'
import Watch from './watch/command.ts'

export const COMMANDS = {
  answer: Answer,
  check: Check,
  completion: Completion,
  decode: Decode,
  diff: Diff,
  doctor: Doctor,
  encode: Encode,
  find: Find,
  generate: Generate,
  inspect: Inspect,
  layout: Layout,
  mutate: Mutate,
  reduce: Reduce,
  report: Report,
  stats: Stats,
  vbds: Vbds,
  watch: Watch,
}

/** Runs the command line. @param root path of the package's package.json, for oclif */
export function main(root: string): Promise<void> {
  return runMain(root, Object.keys(COMMANDS))
}
