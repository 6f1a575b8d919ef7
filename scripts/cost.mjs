// npm run -s cost [-- --only INPUT --command WORDS --all]
import { fileURLToPath } from 'node:url'
import { importTypeScript } from './run-typescript.mjs'

const { main } = await importTypeScript(new URL('cost.ts', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
process.exitCode = main(root, process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
