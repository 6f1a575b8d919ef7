// origin.txt, which `find --extract` writes beside a ring: where in which image it was.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ORIGIN } from '../../capture/dump-names.ts'
import type { Extracted } from '../../image/index.ts'
import { openInput, readAll } from './input-file.ts'

/** It has a line for each page of the ring, and for each indirect page of its requests. */
const MAX_BYTES = 2 ** 20
/** Behind the name comes the format, which has no comma. */
const IMAGE = /^image: (\S.*), [^,]*$/m
const PROTOCOL = /^ring: \d+, (\S+), /m
const PLACE = /^ring pages at: (\S.*)$/m

/** Undefined where the folder has none, or one that somebody else wrote. */
export function readOrigin(folder: string): Extracted | undefined {
  const path = join(folder, ORIGIN)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
  const text = textOf(path)
  const [image, place, protocol] = [IMAGE, PLACE, PROTOCOL].map((line) => line.exec(text ?? '')?.[1])
  return image === undefined || place === undefined || protocol === undefined ? undefined : { image, place, protocol }
}

function textOf(path: string): string | undefined {
  try {
    const file = openInput(path)
    try {
      const bytes = readAll(file, MAX_BYTES)
      return bytes && new TextDecoder().decode(bytes)
    } finally {
      file.close()
    }
  } catch {
    // What only says where a ring came from hinders nobody from reading it.
    return undefined
  }
}
