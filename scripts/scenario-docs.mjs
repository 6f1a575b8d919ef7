// npm run scenario-docs: writes schema/scenario.schema.json and docs/scenario.md.
import { join } from 'node:path'
import { importTypeScript } from './run-typescript.mjs'
import { writeFiles } from './write-files.mjs'

const { generatedFiles } = await importTypeScript(new URL('scenario-docs.ts', import.meta.url))
writeFiles(join(import.meta.dirname, '..'), generatedFiles())
