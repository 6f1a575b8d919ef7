// origin.txt, which `find --extract` writes beside a ring: where in which image it was.
import { join } from 'node:path'
import { ORIGIN } from '../../capture/dump-names.ts'
import type { Extracted } from '../../image/index.ts'
import { type Files, ifReadable, withMember } from './files.ts'

/** It has a line for each page of the ring, and for each indirect page of its requests. */
const MAX_BYTES = 2 ** 20
/** Behind the name comes the format, which has no comma. */
const IMAGE = /^image: (\S.*), [^,]*$/m
const PROTOCOL = /^ring: \d+, (\S+), /m
const PLACE = /^ring pages at: (\S.*)$/m

/** Undefined where the folder has none, or one that somebody else wrote: what only says where a ring came from hinders nobody. */
export function readOrigin(files: Files, folder: string): Extracted | undefined {
  const bytes = ifReadable(() => withMember(files, join(folder, ORIGIN), (file) => file.readAll(MAX_BYTES)))
  const text = new TextDecoder().decode(bytes)
  const [image, place, protocol] = [IMAGE, PLACE, PROTOCOL].map((line) => line.exec(text)?.[1])
  return image === undefined || place === undefined || protocol === undefined ? undefined : { image, place, protocol }
}
