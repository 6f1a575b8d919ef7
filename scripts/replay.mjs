// npm run replay -- FILE.ndjson.gz... | FOLDER...
import { importTypeScript } from './run-typescript.mjs'

const { main } = await importTypeScript(new URL('replay.ts', import.meta.url))
const print = (line) => process.stdout.write(`${line}\n`)
const warn = (line) => process.stderr.write(`${line}\n`)
process.exitCode = main(process.argv.slice(2), print, warn)
