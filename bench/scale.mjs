// Prints the tables of docs/scale.md (scale.ts).
import { importTypeScript } from '../scripts/run-typescript.mjs'

await importTypeScript(new URL('scale.ts', import.meta.url))
