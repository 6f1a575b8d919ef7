// npm run manual: writes docs/commands.
import { join } from 'node:path'
import { importTypeScript } from './run-typescript.mjs'
import { writeFiles } from './write-files.mjs'

const root = join(import.meta.dirname, '..')
const { writtenManual } = await importTypeScript(new URL('manual.ts', import.meta.url))
writeFiles(root, writtenManual(root))
