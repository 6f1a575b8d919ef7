// What `node:path` is in a page: the build puts it in its place (scripts/page.mjs). Names of files that were dropped have slashes between
// them, whatever system they come from, and lie below a folder that nobody sees.

export const sep = '/'

export function isAbsolute(path: string): boolean {
  return path.startsWith('/')
}

/** Without `.`, `..` and empty parts, as far as there is something before them to go up from. */
function normalized(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !isAbsolute(path)) parts.push(part)
  }
  return `${isAbsolute(path) ? '/' : ''}${parts.join('/')}` || '.'
}

export function join(...parts: string[]): string {
  return normalized(parts.filter((part) => part !== '').join('/'))
}

export function resolve(path: string): string {
  return normalized(isAbsolute(path) ? path : `/${path}`)
}

export function basename(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1)!
}

export function dirname(path: string): string {
  const cut = path.replace(/\/+$/, '')
  const at = cut.lastIndexOf('/')
  if (at < 0) return cut === '' && isAbsolute(path) ? '/' : '.'
  return cut.slice(0, at) || '/'
}

export function relative(from: string, to: string): string {
  const [a, b] = [partsOf(from), partsOf(to)]
  let common = 0
  while (common < a.length && a[common] === b[common]) common++
  return [...a.slice(common).map(() => '..'), ...b.slice(common)].join('/')
}

function partsOf(path: string): string[] {
  return resolve(path)
    .split('/')
    .filter((part) => part !== '')
}
