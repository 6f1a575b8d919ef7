// npm run consumers [-- FOLDER...]: the texts of layout --format, the packets of decode --pcapng and the Parquet of decode, each read by its
// own tool, over every dump; the vectors, by the readers that ship with them; the examples, built and run.
import { importTypeScript } from './run-typescript.mjs'

const { main } = await importTypeScript(new URL('consumers.ts', import.meta.url))
process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
