// What is packed is unpacked before anybody looks at it: a browser does that while others wait, and inputs are read at once.
import { BREAKS_OFF, type FileUnpackers, packingOf, SNIFF_BYTES, TOO_LARGE } from '../../inputs/packing.ts'
import { MAX_UNPACKED } from '../../inputs/sizes.ts'

type Outcome = { readonly bytes: Uint8Array } | { readonly error: Error }

/** Unpackers that know what each of these files unpacks to: of all together, no more than one input may unpack to. */
export async function unpackersFor(files: Iterable<Uint8Array>): Promise<FileUnpackers> {
  const known = new Map<ArrayBufferLike, Outcome>()
  let left = MAX_UNPACKED
  for (const file of files) {
    if (packingOf(file.subarray(0, SNIFF_BYTES), {})?.name !== 'gzip') continue
    const outcome = await gunzipped(file, left)
    if ('bytes' in outcome) left -= outcome.bytes.length
    known.set(file.buffer, outcome)
  }
  return {
    gzip: {
      pieces: () => undefined,
      whole({ buffer }) {
        const outcome = known.get(buffer)
        if (outcome && 'error' in outcome) throw outcome.error
        return outcome?.bytes
      },
    },
  }
}

async function gunzipped(bytes: Uint8Array, limit: number): Promise<Outcome> {
  const { readable, writable } = new DecompressionStream('gzip')
  const writer = writable.getWriter()
  const reader = readable.getReader()
  let written = false
  const writing = writer.write(bytes as BufferSource).then(() => {
    written = true
    return writer.close()
  })
  // It is told where it is read.
  writing.catch(() => {})
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return { bytes: joined(pieces, size) }
      size += value.length
      if (size > limit) {
        await reader.cancel()
        return failed(`more than ${limit} bytes`, TOO_LARGE)
      }
      pieces.push(value)
    }
  } catch (error) {
    // All of it was taken: what is missing is its end.
    return failed(error instanceof Error ? error.message : String(error), written ? BREAKS_OFF.gzip : undefined)
  }
}

function failed(message: string, code: string | undefined): Outcome {
  return { error: Object.assign(new Error(message), code === undefined ? {} : { code }) }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
