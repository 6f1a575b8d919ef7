// The text of xenstore-ls (indented) or xenstore-ls -f (whole paths), with or without permissions (-p), to nodes.

/** XENSTORE_ABS_PATH_MAX of xs_wire.h: no path is longer. */
const MAX_PATH = 3072
/**
 * The longest path that is kept; of those that anything here looks at,
 * /local/domain/65535/backend/qdisk/65535/4294967295/multi-queue-max-queues has 75.
 */
const MAX_KEPT_PATH = 256

/** Every node by its path from the root, without the first slash: an indented key hangs below the lines that it is indented under. */
export function nodesByPath(text: string): Map<string, string> {
  const nodes = new Map<string, string>()
  const parents: string[] = []
  for (const line of linesOf(text)) {
    const equals = line.indexOf('=')
    const value = line.slice(equals + 1).trim()
    const key = line.slice(0, Math.max(equals, 0)).trim()
    if (key === '' || key.startsWith('#') || !value.startsWith('"')) continue
    parents.length = Math.min(parents.length, line.length - line.trimStart().length)
    const path = [...parents.slice(-1), key].join('/')
    if (path.length > MAX_PATH) continue
    parents.push(path)
    if (path.length > MAX_KEPT_PATH) continue
    nodes.set(path.replace(/^\//, ''), value.slice(1, value.lastIndexOf('"')))
  }
  return nodes
}

/** One at a time: a listing can have a million. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf('\n', at)
    yield text.slice(at, end < 0 ? text.length : end)
    if (end < 0) return
    at = end + 1
  }
}
