// What the package exports, read from its sources: by subpath the file, and of a file the names.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Subpath (`blkring/struct`) to the source of its module. */
export const SUBPATHS: ReadonlyMap<string, string> = new Map(
  Object.entries(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports).flatMap(([subpath, target]) => {
    const built = typeof target === 'string' ? undefined : (target as { default: string }).default
    if (built === undefined) return []
    const source = built.replace('./dist/lib/', 'src/').replace(/\.js$/, '.ts')
    return [[`blkring${subpath.slice(1)}`, join(root, source)] as const]
  }),
)

const DECLARED =
  /^export (?:abstract |async )*(const|let|function\*?|class|interface|type|enum) +(?:([\w$]+)|\{([^}]*)\}|\[([^\]]*)\])/gm
const LISTED = /^export (type )?(?:\{([^}]*)\}|\*(?: as (\w+))?) from '([^']+)'/gm

/** Names that a module exports, and whether each is but a type. */
export function namesOf(file: string): Map<string, 'type' | 'value'> {
  const text = readFileSync(file, 'utf8')
  const names = new Map<string, 'type' | 'value'>()
  for (const [, keyword, name] of text.matchAll(DECLARED))
    if (name !== undefined) names.set(name, keyword === 'interface' || keyword === 'type' ? 'type' : 'value')
  for (const [, onlyTypes, list, namespace, path] of text.matchAll(LISTED)) {
    if (namespace !== undefined) names.set(namespace, 'value')
    else if (list === undefined) for (const [name, kind] of namesOf(resolve(dirname(file), path!))) names.set(name, kind)
    else
      for (const item of list.split(',').map((text) => text.trim())) {
        if (item === '') continue
        const isType = onlyTypes !== undefined || item.startsWith('type ')
        names.set(item.replace(/^type /, '').replace(/^.* as /, ''), isType ? 'type' : 'value')
      }
  }
  return names
}
