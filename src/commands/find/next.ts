// What a person does next with what `find` found, as a command to copy.
import { IMAGE_FLAGS, type ImageFlags } from '../shared/image-options.ts'

/**
 * The command that says why the disk of a ring hangs, with what `find` was given beside the image.
 * @param path the image; of standard input, which is over, a folder has to be written first
 * @param ring number of a ring
 */
export function nextCommand(path: string, ring: number, flags: ImageFlags): string {
  if (path === '-') return '--extract DIR writes a dump folder of each ring'
  const given = IMAGE_FLAGS.flatMap((name) => (flags[name] === undefined ? [] : [`--${name}`, quoted(String(flags[name]))]))
  return ['blkring doctor --ring', ring, ...given, quoted(path)].join(' ')
}

/** A word as a shell takes it for one. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
