// Text of a scenario file to plain values: JSON where it is JSON, else YAML without what makes YAML dangerous.
import type { Document, LineCounter, Node } from 'yaml'
import { losesDigits, MAX_DEPTH, scanJson } from './scan-json.ts'
import { ScenarioError } from './scenario-error.ts'

/** JSON is what `generate` writes itself, so it may be long; YAML is what people write. In characters. */
export const MAX_JSON = 64 * 2 ** 20
export const MAX_YAML = 2 ** 20

/** The parts of the yaml package that are needed; loaded only where a file is YAML. */
export type YamlLibrary = Pick<typeof import('yaml'), 'parseDocument' | 'LineCounter' | 'isAlias' | 'isMap' | 'isScalar' | 'isSeq'>

/** @param yaml loads the YAML parser; called only for text that is not JSON */
export async function parseScenarioText(text: string, yaml: () => Promise<YamlLibrary>): Promise<unknown> {
  if (text.length > MAX_JSON) throw new ScenarioError('', `${text.length} characters; a scenario has at most ${MAX_JSON}`)
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  if (body.trim() === '') throw new ScenarioError('', 'the scenario is empty')
  if (/^\s*[{[]/.test(body)) {
    scanJson(body)
    try {
      return JSON.parse(body)
    } catch (error) {
      // Flow style of YAML begins like JSON.
      if (body.length > MAX_YAML) throw new ScenarioError('', `not JSON: ${(error as Error).message}`)
    }
  }
  return parseYaml(body, await yaml())
}

function parseYaml(text: string, yaml: YamlLibrary): unknown {
  if (text.length > MAX_YAML)
    throw new ScenarioError('', `${text.length} characters of YAML; at most ${MAX_YAML} are read (JSON may have ${MAX_JSON})`)
  const lines = new yaml.LineCounter()
  try {
    const document = yaml.parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: true,
      intAsBigInt: true,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    })
    const [error] = [...document.errors, ...document.warnings]
    if (error) {
      const problem = error.code === 'MULTIPLE_DOCS' ? 'another document begins: a file is one scenario' : lowerFirst(error.message)
      throw new ScenarioError('', `line ${lines.linePos(error.pos[0]).line}: ${problem}`)
    }
    return plain(document.contents, document, yaml, lines, 0)
  } catch (error) {
    if (error instanceof RangeError) throw new ScenarioError('', `nested deeper than ${MAX_DEPTH} levels`)
    throw error
  }
}

function plain(node: unknown, document: Document, yaml: YamlLibrary, lines: LineCounter, depth: number): unknown {
  if (node === null || node === undefined) return null
  const refuse = (problem: string) => {
    const at = (node as Node).range?.[0] ?? 0
    return new ScenarioError('', `line ${lines.linePos(at).line}: ${problem}`)
  }
  if (yaml.isAlias(node)) throw refuse('YAML aliases are not read: write the value out')
  if (depth > MAX_DEPTH) throw refuse(`nested deeper than ${MAX_DEPTH} levels`)
  const { anchor, tag } = node as { anchor?: string; tag?: string }
  if (anchor !== undefined) throw refuse('YAML anchors are not read: write the value out')
  if (tag !== undefined) throw refuse(`the YAML tag ${tag} is not read`)
  if (yaml.isSeq(node)) return node.items.map((item) => plain(item, document, yaml, lines, depth + 1))
  if (yaml.isMap(node)) {
    // No prototype, so that no key means anything but itself.
    const map: Record<string, unknown> = Object.create(null)
    for (const { key, value } of node.items) {
      const name = yaml.isScalar(key) ? String(key.value) : undefined
      if (name === undefined || (key as { anchor?: string }).anchor !== undefined) throw refuse('a key that is not a plain word')
      map[name] = plain(value, document, yaml, lines, depth + 1)
    }
    return map
  }
  if (!yaml.isScalar(node)) throw refuse('neither a map, a list nor a value')
  const { value, source } = node
  if (typeof value === 'number' && losesDigits(source ?? '')) throw refuse(`${source} is not exact as a bare number: quote it`)
  return typeof value === 'bigint' ? Number(value) : value
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
