// The work of `find`: an image to the rings in it, to text, JSON, or dump folders.

import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { type ImageOptions, type LoadedImage, loadImage } from '../../node/read/image-dumps.ts'
import { jsonText } from '../../print/printable.ts'
import type { Style } from '../../print/style.ts'
import { count, printable } from '../../print/text.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { Watch } from '../../terminal/watch.ts'
import { displayName } from '../shared/display-name.ts'
import { type ImageFlags, imageOptions } from '../shared/image-options.ts'
import { checkPlace, extractRings } from './extract.ts'
import { findJson } from './json.ts'
import { nextCommand } from './next.ts'
import { findText } from './text.ts'

export interface FindCommand {
  readonly flags: ImageFlags
  readonly least: number
  readonly dataPages: boolean
  readonly json: boolean
  readonly extract: string | undefined
  readonly style: Style
  readonly width: number
  readonly fold: number
}

/** Prints what was found and returns the exit code: 1 where nothing was, or where XenStore names a ring that was not. */
export async function find(
  path: string,
  { flags, least, dataPages, json, extract, style, width, fold }: FindCommand,
): Promise<number> {
  if (extract !== undefined) checkPlace(extract)
  const image = await scan(path, { ...imageOptions(flags), least, dataPages })
  const source = displayName(path, path)
  const given = flags['grant-table']
  const grantTable = given === undefined ? undefined : displayName(given, given)
  if (json) write(`${jsonText(findJson(image, source, grantTable), 2)}\n`)
  else write(findText(image, { style, width, fold, source, grantTable }))
  if (extract !== undefined && image.rings.length > 0) {
    const places = await extractRings(image, extract, { source, grantTable })
    if (!json) write(`${count(places.length, 'dump folder')} in ${printable(displayName(extract, extract))}: ${places.join(' ')}\n`)
  } else if (!json && image.rings.length > 0) write(`next: ${printable(nextCommand(path, 0, flags))}\n`)
  if (image.problem) return report(image.problem)
  return image.rings.length === 0 || image.missing.length > 0 || image.rings.some(({ offsets }) => offsets.includes(undefined))
    ? EXIT_FINDINGS
    : EXIT_CLEAN
}

/** Ctrl-C ends it with a word, and a terminal is told how far it is. */
async function scan(path: string, options: ImageOptions): Promise<LoadedImage> {
  let pages = 0
  const watch = new Watch(() => pages, undefined, 'page')
  try {
    return await loadImage(path, {
      ...options,
      onRead: (position, size) => {
        pages = Math.floor(position / XEN_PAGE_SIZE)
        watch.at({ position, size })
        return watch.yieldToEventLoop()
      },
    })
  } finally {
    watch.end()
  }
}
