// Paths in a page are those of POSIX, in a folder that is called /.
import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { basename, dirname, isAbsolute, join, relative, resolve } from '../../src/page/paths.ts'

const path = fc
  .array(fc.constantFrom('.', '..', '', 'a', 'b.bin', 'queue-1', '/', 'c d', '\\', '-'), { maxLength: 6 })
  .map((parts) => parts.join('/'))
const at = (given: string) => posix.resolve('/', given)

test('what paths say is what node:path says', () => {
  fc.assert(
    fc.property(path, path, (a, b) => {
      expect(join(a, b)).toBe(withoutEnd(posix.join(a, b)))
      expect(resolve(a)).toBe(at(a))
      expect(relative(a, b)).toBe(posix.relative(at(a), at(b)))
      expect(isAbsolute(a)).toBe(posix.isAbsolute(a))
      if (a !== '') expect(basename(a)).toBe(posix.basename(a))
      if (a !== '' && !a.includes('//')) expect(dirname(a)).toBe(posix.dirname(a))
    }),
    { numRuns: 2000 },
  )
})

/** Node keeps the slash at the end; a folder is called the same with it. */
function withoutEnd(joined: string): string {
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined
}
