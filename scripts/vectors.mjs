// npm run vectors: writes vectors/NAME.txt.
import { join } from 'node:path'
import { importTypeScript } from './run-typescript.mjs'
import { writeFiles } from './write-files.mjs'

const { vectorFiles } = await importTypeScript(new URL('vectors.ts', import.meta.url))
writeFiles(join(import.meta.dirname, '..'), vectorFiles())
