// npm run scenario-docs: writes schema/scenario.schema.json and docs/scenario.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { importTypeScript } from './run-typescript.mjs'

const { generatedFiles } = await importTypeScript(new URL('scenario-docs.ts', import.meta.url))
for (const [path, text] of generatedFiles()) {
  const file = join(import.meta.dirname, '..', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
