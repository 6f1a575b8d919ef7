// npm run hostile-dumps: makes every folder of dumps/hostile anew.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { importTypeScript } from './run-typescript.mjs'

const { hostileFiles } = await importTypeScript(new URL('hostile-dumps.ts', import.meta.url))
const root = join(import.meta.dirname, '../dumps/hostile')
for (const { name } of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const folder = join(root, name)
  const files = await hostileFiles(folder, () => import('yaml'))
  const old = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.bin'))
  for (const path of old) rmSync(join(folder, path))
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
