// The table of commands that oclif loads (package.json: oclif.commands).
import Decode from '../commands/decode.ts'
import Generate from '../commands/generate.ts'
import Inspect from '../commands/inspect.ts'
import Layout from '../commands/layout.ts'

export { main } from './main.ts'

export const COMMANDS = { decode: Decode, generate: Generate, inspect: Inspect, layout: Layout }
