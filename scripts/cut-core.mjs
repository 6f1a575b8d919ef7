// node scripts/cut-core.mjs IMAGE GNTTAB XENSTORE OUT: the part of an xl dump-core that shows its rings, as a dump-core of its own.
import { importTypeScript } from './run-typescript.mjs'

const { cutCore } = await importTypeScript(new URL('cut-core.ts', import.meta.url))
const [image, grantTable, xenstore, out] = process.argv.slice(2)
process.stdout.write(`${await cutCore(image, grantTable, xenstore, out)}\n`)
