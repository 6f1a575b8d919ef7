// origin.txt of a folder.
import { join } from 'node:path'
import { ORIGIN } from '../capture/dump-names.ts'
import { parseOrigin } from '../capture/origin.ts'
import type { Extracted } from '../image/index.ts'
import { type Files, ifReadable, withMember } from './files.ts'

/** It has a line for each page of the ring, and for each indirect page of its requests. */
const MAX_BYTES = 2 ** 20

/** Undefined where the folder has none, or one that somebody else wrote: what only says where a ring came from hinders nobody. */
export function readOrigin(files: Files, folder: string): Extracted | undefined {
  const bytes = ifReadable(() => withMember(files, join(folder, ORIGIN), (file) => file.readAll(MAX_BYTES)))
  return bytes && parseOrigin(new TextDecoder().decode(bytes))
}
