// The text of tapdisk's io_ring, which has the indices of both ends: those of the shared page, and those that only one knows.
import { basename, dirname, resolve } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import { encodingOf, textOf, withoutMark } from '../../capture/encoding.ts'
import { IoRingError, isIoRing, parseIoRing, testimonyOfIoRing } from '../../testimony/index.ts'
import type { ByteSource } from '../byte-source.ts'
import { type Files, withMember } from '../files.ts'
import { HEAD_BYTES } from '../sizes.ts'
import type { Kind, Look, SaidInText } from './kind.ts'

export const IO_RING: Kind = {
  isText: true,
  looks: ({ head, encoding }, { indices }) => {
    const text = plainText({ head, encoding })
    return indices === true && isIoRing(text) && !isSeveral(text)
  },
  // tapdisk's own file has a page.
  inPages: ({ path }) =>
    /io_ring/.test(basename(path))
      ? undefined
      : "whole pages, which are a ring's; they read like io_ring, and --text reads them as such",
  open({ source }) {
    const said = read(source)
    source.close()
    return { queues: [], inWords: () => said }
  },
}

/** What an io_ring in a folder says. @throws DumpError */
export function ioRingIn(files: Files, path: string): SaidInText {
  return withMember(files, path, read)
}

/** A loop's output has it again and again, and is read as other texts are. */
function isSeveral(text: Uint8Array): boolean {
  return (textOf(text, 'utf-8').match(/nr_ents/g)?.length ?? 0) > 1
}

/** An io_ring is shorter than what is looked at first. */
function read(file: ByteSource): SaidInText {
  const head = file.peek(HEAD_BYTES)
  try {
    const io = parseIoRing(plainText({ head, encoding: encodingOf(head) }))
    const device = /^vbd3?-\d+-\d+$/.exec(basename(dirname(resolve(file.path))))?.[0]
    const torn = 'the checksum before the text is not that of the text: it was read while tapdisk wrote it, or is damaged'
    return { path: file.path, testimonies: [testimonyOfIoRing(io, device)], notes: io.checksum === false ? [torn] : [] }
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
