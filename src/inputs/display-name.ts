import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'

/**
 * What a result calls a ring: its path as it was given; where the input is an absolute path, without the folders of this
 * machine above it.
 * @param source a file at or below the input
 * @param base folder that names begin below, in place of the input's own
 */
export function displayName(source: string, input: string, base = dirname(resolve(input))): string {
  return isAbsolute(input) ? relative(base, source) || basename(source) : source
}

/** Where two absolute paths end alike: the folder that both lie in, so that the names below it tell them apart. */
export function commonFolder(first: string, second: string): string | undefined {
  if (!isAbsolute(first) || !isAbsolute(second) || basename(first) !== basename(second)) return undefined
  const [a, b] = [resolve(first).split(sep), resolve(second).split(sep)]
  const apart = a.findIndex((part, i) => part !== b[i])
  return apart < 0 ? undefined : a.slice(0, apart).join(sep) || sep
}
