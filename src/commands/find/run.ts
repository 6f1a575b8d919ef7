// The work of `find`: an image to the rings in it, to text, JSON, or dump folders.

import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { ImageOptions, LoadedImage } from '../../inputs/loaded-image.ts'
import { loadImage } from '../../node/read/image-dumps.ts'
import { jsonText } from '../../print/printable.ts'
import type { Style } from '../../print/style.ts'
import { count, printable } from '../../print/text.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { Watch } from '../../terminal/watch.ts'
import { type ImageFlags, imageOptions } from '../shared/image-options.ts'
import { checkPlace, type ExtractedRing, extractRings } from './extract.ts'
import { findJson } from './json.ts'
import { nextCommand } from './next.ts'
import { salvagedText } from './salvage.ts'
import { findText } from './text.ts'
import { verdictsOn } from './verdicts.ts'

export interface FindCommand {
  readonly flags: ImageFlags
  readonly least: number
  readonly dataPages: boolean
  readonly json: boolean
  readonly extract: string | undefined
  /** Write the data pages of requests in flight, too. */
  readonly salvage: boolean
  readonly style: Style
  readonly width: number
  readonly fold: number
}

/** Prints what was found and returns the exit code: 1 where nothing was, or where XenStore names a ring that was not. */
export async function find(
  path: string,
  { flags, least, dataPages, json, extract, salvage, style, width, fold }: FindCommand,
): Promise<number> {
  if (extract !== undefined) checkPlace(extract)
  const source = displayName(path, path)
  const given = flags['grant-table']
  const grantTable = given === undefined ? undefined : displayName(given, given)
  const options = { ...imageOptions(flags), least, dataPages: dataPages || salvage }
  const image = await scan(path, options, async (found, reader) => {
    const shown = dataPages ? found : { ...found, data: undefined }
    const verdicts = verdictsOn(found)
    if (!json) write(findText(shown, { style, width, fold, source, grantTable, verdicts }))
    const isWritten = extract !== undefined && found.rings.length > 0
    const rings = isWritten ? await extractRings(found, extract, { source, grantTable }, salvage ? reader : undefined) : []
    if (json) write(`${jsonText(findJson(shown, { source, grantTable, rings, verdicts }), 2)}\n`)
    else if (isWritten) write(extractedText(rings, printable(displayName(extract, extract)), found.data?.left ?? 0))
    else if (found.rings.length > 0) write(`next: ${printable(nextCommand(path, 0, flags))}\n`)
  })
  if (image.problem) return report(image.problem)
  return image.rings.length === 0 || image.missing.length > 0 || image.rings.some(({ offsets }) => offsets.includes(undefined))
    ? EXIT_FINDINGS
    : EXIT_CLEAN
}

/** What was written, in a line, and in one each what of the data. */
function extractedText(rings: readonly ExtractedRing[], folder: string, left: number): string {
  const lines = [`${count(rings.length, 'dump folder')} in ${folder}: ${rings.map(({ place }) => place).join(' ')}`]
  for (const { place, data } of rings) if (data) lines.push(`${place}: ${salvagedText(data)}`)
  if (left > 0) lines.push(`${count(left, 'more segment')} of requests in flight, whose data was not looked for`)
  return lines.map((line) => `${line}\n`).join('')
}

/** Ctrl-C ends it with a word, and a terminal is told how far it is. */
async function scan(path: string, options: ImageOptions, onFound: NonNullable<ImageOptions['onFound']>): Promise<LoadedImage> {
  let pages = 0
  const watch = new Watch(() => pages, undefined, 'page')
  try {
    return await loadImage(path, {
      ...options,
      onFound: (image, reader) => {
        watch.end()
        return onFound(image, reader)
      },
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
