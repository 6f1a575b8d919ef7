// What every kind of input says of itself: how it is told, and how it is opened.

import type { Capture } from '../../capture/capture.ts'
import type { Encoding } from '../../capture/encoding.ts'
import type { Said } from '../../capture/testimony.ts'
import type { TextStatements } from '../../evidence/statement.ts'
import type { ByteSource } from '../byte-source.ts'
import type { Host } from '../host.ts'
import type { OpenOptions } from '../open-options.ts'
import type { Surroundings } from '../surroundings.ts'

/** What a text says of rings in words, and what the text is called. */
export interface SaidInText extends Pick<Said, 'testimonies' | 'notes' | 'unread'> {
  readonly path: string
}

/** A first look at an input. */
export interface Look {
  /** The input as the user named it. */
  readonly path: string
  readonly isFolder: boolean
  /** The first bytes, unpacked: HEAD_BYTES of them where there are as many. */
  readonly head: Uint8Array
  /** The encoding of a text; undefined for what is none. */
  readonly encoding: Encoding | undefined
}

/** An input of which the kind is known. */
export interface RecognisedInput extends Look {
  readonly kind: Kind
  readonly around: Surroundings
  /** The unpacked bytes from the first on; empty of a folder. */
  readonly source: ByteSource
  /** The bytes as they lie there. */
  readonly packed: ByteSource
}

/** What an input holds. */
export interface Content {
  /** The rings of each queue, from the first moment to the last. */
  readonly queues: readonly Iterable<Capture>[]
  /** What it says of rings in words, private indices among it. @throws DumpError where that cannot be read */
  readonly inWords?: (() => SaidInText) | undefined
  /** What a text says beside its rings; undefined where nobody asked for it. */
  readonly said?: TextStatements | undefined
  /** The text of the scenario that its rings are of, where there is one that can be read. */
  readonly scenario?: (() => string | undefined) | undefined
}

export interface Kind {
  /** Whether an input looks like one. */
  looks(look: Look, options: OpenOptions): boolean
  /** What `--text` takes. */
  readonly isText?: boolean
  /** Bytes that are read before it is opened, where they may have to be waited for: the most that one has. */
  readonly ahead?: number
  /**
   * What is said of whole pages that look like one: they are a ring's, whatever they spell, since a guest writes what it likes
   * into its pages. Undefined for what is of this kind all the same.
   */
  inPages?(look: Look, size: number): string | undefined
  /** Opens an input of this kind. @throws DumpError */
  open(found: RecognisedInput, options: OpenOptions): Content
  /** Opens it in place of `open` where there is time to wait. @throws DumpError */
  openLater?(found: RecognisedInput, options: OpenOptions, host: Host): Promise<Content>
}
