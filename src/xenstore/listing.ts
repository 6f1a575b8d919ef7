// Text of xenstore-ls (indented) or xenstore-ls -f (whole paths), with or without permissions (-p), of xenstore-read, and sessions of
// a shell with these in them, to nodes.
import { commandIn } from '../paste/prompt.ts'
import { type UnpastedLine, unpastedLines, unwrapped, type Wrapping } from '../paste/unpaste.ts'

/** XENSTORE_ABS_PATH_MAX of xs_wire.h: no path is longer. */
const MAX_PATH = 3072
/**
 * The longest path that is kept; of those that anything here looks at,
 * /local/domain/65535/backend/qdisk/65535/4294967295/multi-queue-max-queues has 75.
 */
const MAX_KEPT_PATH = 256

/** A line of a node: indentation, key or path, value; behind the value may stand permissions. */
const NODE = /^([ \t]*)([^\s"=]+)[ \t]*=[ \t]*"(.*)"[^"]*$/
/** A key without its value, or with the beginning of one; or a path that has no key yet. */
const OPEN = /^[ \t]*[^\s"=]+[ \t]*=[ \t]*(?:"[^"]*)?$|^[ \t]*(?:\/?[\w@.:+-]+(?:\/[\w@.:+-]*)+|[a-z]\w*(?:-\w*)+)[ \t]*$/
/** Permissions that were wrapped behind the value. */
const PERMISSIONS = /^[ \t.]*\((?:[nrwb]\d+,?)+\)[ \t]*$/
const PROGRAMS = /\b(?:xenstore(?:-ls|-read|-list)?|xl|xm)(?=[ \t]|$)/
/** Comments, and empty lines. */
const NOTHING_SAID = /^[ \t]*(?:#.*)?$/

const WRAPPING: Wrapping = {
  isOpen: (line) => OPEN.test(line),
  continues(open, next, isCut) {
    if (commandOf(next)) return false
    if (open.includes('"')) return isCut || !NODE.test(next)
    if (open.includes('=')) return /^[ \t]*"/.test(next)
    return /^[ \t]*=/.test(next) || (isCut && /=[ \t]*"/.test(next))
  },
}

/** What a text says of XenStore. */
export interface ListingText {
  /**
   * Every node by its path, without the first slash: from the root, or where the text does not say of what folder it is, from there.
   */
  readonly nodes: ReadonlyMap<string, string>
  /** Lines that are no nodes. */
  readonly others: readonly UnpastedLine[]
}

/** The nodes of a text. An indented key hangs below the lines that it is indented under. */
export function readListing(text: string): ListingText {
  const nodes = new Map<string, string>()
  const others: UnpastedLine[] = []
  const tree = new Tree()
  /** Paths of which xenstore-read prints the values next. */
  let wanted: Iterator<string> = NOTHING.reads.values()
  let next: string | undefined
  for (const line of unwrapped(unpastedLines(text), WRAPPING)) {
    const node = NODE.exec(line.text)
    if (node && !node[2]!.startsWith('#')) {
      const path = tree.place(node[1]!.length, node[2]!)
      if (path !== undefined && path.length <= MAX_KEPT_PATH) nodes.set(path.replace(/^\/+/, ''), node[3]!)
      continue
    }
    const command = commandOf(line.text)
    if (command) {
      tree.begin(command)
      wanted = command.reads.values()
      next = wanted.next().value
    } else if (next !== undefined && line.text.trim() !== '') {
      if (!/^xenstore-read: /.test(line.text)) nodes.set(next.replace(/^\/+/, ''), line.text.trim())
      next = wanted.next().value
    } else if (!NOTHING_SAID.test(line.text) && !PERMISSIONS.test(line.text)) others.push(line)
  }
  return { nodes, others }
}

interface StoreCommand {
  /** The folder that is listed; empty where it is not said, or paths are printed whole. */
  readonly folder: string
  readonly reads: readonly string[]
}

const NOTHING: StoreCommand = { folder: '', reads: [] }

/** What a command of XenStore's tools or of xl prints; undefined for another line. */
function commandOf(line: string): StoreCommand | undefined {
  const words = line.includes('x') ? commandIn(line, PROGRAMS) : undefined
  if (!words) return undefined
  const name = words[0] === 'xenstore' ? `xenstore-${words[1]}` : words[0]
  const options = words.filter((word) => word.startsWith('-')).join('')
  const paths = words.slice(words[0] === 'xenstore' ? 2 : 1).filter((word) => /^[\w/@.:+-]+$/.test(word) && !word.startsWith('-'))
  if (name === 'xenstore-read') return { folder: '', reads: paths }
  const folder = paths[0]?.replace(/\/+$/, '') ?? ''
  return name === 'xenstore-ls' && !options.includes('f') ? { folder, reads: [] } : NOTHING
}

/** The folders that a line of a tree lies in. */
class Tree {
  #folder = ''
  readonly #open: { readonly indent: number; readonly path: string | undefined }[] = []

  begin({ folder }: StoreCommand): void {
    this.#folder = folder
    this.#open.length = 0
  }

  /** The path of a key; undefined where it is longer than any. */
  place(indent: number, key: string): string | undefined {
    while (this.#open.length > 0 && this.#open.at(-1)!.indent >= indent) this.#open.pop()
    const parent = this.#open.length === 0 ? this.#folder : this.#open.at(-1)!.path
    const whole = parent === undefined ? undefined : parent === '' || key.startsWith('/') ? key : `${parent}/${key}`
    const path = whole !== undefined && whole.length <= MAX_PATH ? whole : undefined
    this.#open.push({ indent, path })
    return path
  }
}
