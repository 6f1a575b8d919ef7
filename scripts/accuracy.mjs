// npm run -s accuracy
import { importTypeScript } from './run-typescript.mjs'

const { main } = await importTypeScript(new URL('accuracy.ts', import.meta.url))
process.exitCode = main(process.env.BLKRING_SHARED, (line) => process.stdout.write(`${line}\n`))
