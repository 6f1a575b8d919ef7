// The text of tapdisk's io_ring, which has the indices of both ends: those of the shared page, and those that only one knows.
import { basename } from 'node:path'
import { DumpError } from '../../../capture/dump-error.ts'
import { encodingOf, textOf, withoutMark } from '../../../capture/encoding.ts'
import { IoRingError, isIoRing, parseIoRing } from '../../../testimony/io-ring.ts'
import type { ByteSource } from '../byte-source.ts'
import { type Files, withMember } from '../files.ts'
import { HEAD_BYTES } from '../sizes.ts'
import type { IoRingText, Kind, Look } from './kind.ts'

export const IO_RING: Kind = {
  isText: true,
  looks: ({ head, encoding }, { indices }) => indices === true && isIoRing(plainText({ head, encoding })),
  // tapdisk's own file has a page.
  inPages: ({ path }) =>
    /io_ring/.test(basename(path))
      ? undefined
      : "whole pages, which are a ring's; they read like io_ring, and --text reads them as such",
  open({ source }) {
    const indices = read(source)
    source.close()
    return { queues: [], indices: () => indices }
  },
}

/** The indices in a file of a folder. @throws DumpError */
export function indicesIn(files: Files, path: string): IoRingText {
  return withMember(files, path, read)
}

/** An io_ring is shorter than what is looked at first. */
function read(file: ByteSource): IoRingText {
  const head = file.peek(HEAD_BYTES)
  try {
    return { path: file.path, ...parseIoRing(plainText({ head, encoding: encodingOf(head) })) }
  } catch (error) {
    if (!(error instanceof IoRingError)) throw error
    throw new DumpError(
      file.path,
      `is no io_ring: ${error.message}`,
      'the text is nr_ents N, req prod P cons C event E, rsp prod P pvt V event E',
    )
  }
}

/** The text in one byte a character. */
function plainText({ head, encoding }: Pick<Look, 'head' | 'encoding'>): Uint8Array {
  return encoding === undefined || encoding === 'utf-8'
    ? withoutMark(head)
    : withoutMark(new TextEncoder().encode(textOf(head, encoding)))
}
