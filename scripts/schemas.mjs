// npm run schemas: writes schema/COMMAND.schema.json.
import { join } from 'node:path'
import { importTypeScript } from './run-typescript.mjs'
import { writeFiles } from './write-files.mjs'

const { schemaFiles } = await importTypeScript(new URL('schemas.ts', import.meta.url))
writeFiles(join(import.meta.dirname, '..'), schemaFiles())
