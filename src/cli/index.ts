// The table of commands that oclif loads (package.json: oclif.commands).
import Decode from '../commands/decode.ts'
import Layout from '../commands/layout.ts'

export { main } from './main.ts'

export const COMMANDS = { decode: Decode, layout: Layout }
