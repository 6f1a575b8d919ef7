import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'

/**
 * What a result calls a ring: its path as it was given; where the input is an absolute path, without the folders of this
 * machine above it.
 * @param source a file at or below the input
 */
export function displayName(source: string, input: string): string {
  return isAbsolute(input) ? relative(dirname(resolve(input)), source) || basename(source) : source
}
