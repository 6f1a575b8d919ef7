// Text of a scenario file to plain values: JSON where it is JSON, else YAML without what makes YAML dangerous.
import type { Document, LineCounter, Node } from 'yaml'
import { shortened } from './quantity.ts'
import { losesDigits, MAX_DEPTH, MAX_KEYS, scanJson } from './scan-json.ts'
import { ScenarioError } from './scenario-error.ts'

/** JSON is what `generate` writes itself, so it may be long; YAML is what people write. In characters. */
export const MAX_JSON = 64 * 2 ** 20
export const MAX_YAML = 2 ** 19
/** Flow style begins like JSON; longer than this nobody writes it by hand, and the YAML parser is slow to see that JSON is broken. */
const MAX_FLOW = 2 ** 16
/** A value of two characters takes a kilobyte in the parser's tree. */
const MAX_COMMAS = 2 ** 16

/** The parts of the yaml package that are needed; loaded only where a file is YAML. */
export type YamlLibrary = Pick<typeof import('yaml'), 'parseDocument' | 'LineCounter' | 'isAlias' | 'isMap' | 'isScalar' | 'isSeq'>

/** @param yaml loads the YAML parser; called only for text that is not JSON */
export async function parseScenarioText(text: string, yaml: () => Promise<YamlLibrary>): Promise<unknown> {
  if (text.length > MAX_JSON) throw new ScenarioError('', `${text.length} characters; a scenario has at most ${MAX_JSON}`)
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  if (body.trim() === '') throw new ScenarioError('', 'the scenario is empty')
  if (/^[{[]/.test(body.trimStart())) {
    try {
      scanJson(body)
      return JSON.parse(body)
    } catch (error) {
      if (error instanceof ScenarioError) throw error
      if (error instanceof RangeError) throw new ScenarioError('', `too much to read: ${oneLine(error.message)}`)
      // Flow style of YAML begins like JSON.
      if (body.length > MAX_FLOW) throw new ScenarioError('', `not JSON: ${oneLine((error as Error).message)}`)
    }
  }
  return parseYaml(body, await yaml())
}

function parseYaml(text: string, yaml: YamlLibrary): unknown {
  if (text.length > MAX_YAML)
    throw new ScenarioError('', `${text.length} characters of YAML; at most ${MAX_YAML} are read (JSON may have ${MAX_JSON})`)
  if (commasOf(text) > MAX_COMMAS) throw new ScenarioError('', `more than ${MAX_COMMAS} commas of YAML are not read: write JSON`)
  const lines = new yaml.LineCounter()
  const { stackTraceLimit } = Error
  try {
    // The parser goes on at errors, and makes one for every other character of some texts: their stacks take a gigabyte.
    Error.stackTraceLimit = 0
    const document = yaml.parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      // It would compare each key with all others; plain() looks for keys that stand twice.
      uniqueKeys: false,
      intAsBigInt: true,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    })
    const [error] = [...document.errors, ...document.warnings]
    if (error) throw new ScenarioError('', `line ${lines.linePos(error.pos[0]).line}: ${problemOf(error)}`)
    return plain(document.contents, document, yaml, lines, 0)
  } catch (error) {
    if (error instanceof RangeError) throw new ScenarioError('', `nested deeper than ${MAX_DEPTH} levels`)
    throw error
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function commasOf(text: string): number {
  let count = 0
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) count++
  return count
}

function plain(node: unknown, document: Document, yaml: YamlLibrary, lines: LineCounter, depth: number): unknown {
  if (node === null || node === undefined) return null
  const refuse = (problem: string, where = node) => {
    const at = (where as Node).range?.[0] ?? 0
    return new ScenarioError('', `line ${lines.linePos(at).line}: ${problem}`)
  }
  if (yaml.isAlias(node)) throw refuse('YAML aliases are not read: write the value out')
  if (depth > MAX_DEPTH) throw refuse(`nested deeper than ${MAX_DEPTH} levels`)
  const { anchor, tag } = node as { anchor?: string; tag?: string }
  if (anchor !== undefined) throw refuse('YAML anchors are not read: write the value out')
  if (tag !== undefined) throw refuse(`the YAML tag ${shortened(tag)} is not read`)
  if (yaml.isSeq(node)) return node.items.map((item) => plain(item, document, yaml, lines, depth + 1))
  if (yaml.isMap(node)) {
    // No prototype, so that no key means anything but itself.
    const map: Record<string, unknown> = Object.create(null)
    const names = new Set<string>()
    if (node.items.length > MAX_KEYS) throw refuse(`more than ${MAX_KEYS} keys in one map`)
    for (const { key, value } of node.items) {
      if (!yaml.isScalar(key) || key.anchor !== undefined) throw refuse('a key that is not a plain word')
      if (key.tag !== undefined) throw refuse(`the YAML tag ${shortened(key.tag)} is not read`, key)
      const name = String(key.value)
      if (names.has(name)) throw refuse('map keys must be unique', key)
      names.add(name)
      map[name] = plain(value, document, yaml, lines, depth + 1)
    }
    return map
  }
  if (!yaml.isScalar(node)) throw refuse('neither a map, a list nor a value')
  const { value, source } = node
  if (typeof value === 'number' && losesDigits(source ?? ''))
    throw refuse(`${shortened(source ?? '')} is not exact as a bare number: quote it`)
  return typeof value === 'bigint' ? Number(value) : value
}

function problemOf({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'MULTIPLE_DOCS') return 'another document begins: a file is one scenario'
  // The parser is recursive, and makes an error of its own of a full stack.
  if (/call stack/i.test(message)) return `nested deeper than ${MAX_DEPTH} levels`
  return oneLine(message.charAt(0).toLowerCase() + message.slice(1))
}

/** Messages of parsers quote their source. */
function oneLine(message: string): string {
  const line = message.slice(0, 200).replace(/\s+/g, ' ')
  return line.length > 120 ? `${line.slice(0, 117)}...` : line
}
