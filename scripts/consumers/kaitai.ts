// The schema of Kaitai Struct, compiled by its own compiler to JavaScript and Python.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { Abi } from '../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { languageText } from '../../src/layouts/index.ts'
import { modelOf, pascal, type StructShape } from '../../src/layouts/model.ts'
import { LANGUAGE_TABLES } from '../../src/layouts/tables.ts'
import { type Corpus, compare, linesOf, type Records } from './corpus.ts'
import { indented, printing, type Syntax } from './printing.ts'
import { type Consumer, NotHere, pythonWith, ran, type Work } from './tools.ts'

const RUNTIME = 'kaitaistruct==0.11'
const require = createRequire(join(process.cwd(), 'package.json'))

export const ksy: Consumer = {
  name: 'ksy',
  async run(work) {
    const counts = { javascript: { values: 0 }, python: { values: 0 } }
    for (const corpus of work.corpora)
      compare(corpus.abi.name, await inJavaScript(corpus), rounded(expected(corpus)), counts.javascript)
    const lines = [`${counts.javascript.values} values agree in JavaScript, whose runtime rounds integers above 2^53`]
    try {
      const path = pythonWith('kaitaistruct', RUNTIME)
      for (const corpus of work.corpora)
        compare(corpus.abi.name, await inPython(corpus, path, work), expected(corpus), counts.python)
      return [...lines, `${counts.python.values} values agree in Python, exactly`]
    } catch (error) {
      if (error instanceof NotHere) return [...lines, `Python: not here: ${error.message}`]
      throw error
    }
  },
}

/** Records one by one, then whole rings. */
function expected({ abi, records, rings }: Corpus): string[] {
  const slots = records.find(({ name }) => name === 'slots')!
  let at = 0
  const ofRings = rings.flatMap(({ length }) => {
    const count = ringGeometry(abi, length / XEN_PAGE_SIZE).nr_ents
    const items = slots.items.slice(at, at + count)
    at += count
    return [`ring ${count}`, ...linesOf({ ...slots, items }, abi)]
  })
  return [...records.flatMap((r) => linesOf(r, abi)), ...ofRings]
}

/** As Kaitai's runtime in JavaScript has them. */
function rounded(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\d{16,}/g, (digits) => String(Number(digits))))
}

function compiled(language: string, abi: Abi): Promise<Record<string, string>> {
  const compiler = require('kaitai-struct-compiler')
  return compiler.compile(language, parse(languageText('ksy', undefined, [abi])), undefined, false)
}

const camel = (name: string) => name.replace(/_+([a-z\d])/g, (_, letter: string) => letter.toUpperCase())

const JAVASCRIPT: Syntax = {
  field: (of, name) => `${of}.${camel(name)}`,
  index: (of, i) => `${of}[${i}]`,
  print: (of) => `v.push(${of})`,
  loop: (i, length, body) => [`for (let ${i} = 0; ${i} < ${length}; ${i}++) {`, ...body, '}'],
}

/** What the compiler makes: a class of rings that has those of structs. */
type RingClass = (new (
  stream: unknown,
) => { readonly nrEnts: number; readonly slots: readonly unknown[] }) &
  Readonly<Record<string, new (stream: unknown) => unknown>>

async function inJavaScript({ abi, records, rings }: Corpus): Promise<string[]> {
  const files = await compiled('javascript', abi)
  const module: { exports: Record<string, unknown> } = { exports: {} }
  new Function('module', 'exports', 'require', files['BlkifRing.js']!)(module, module.exports, require)
  const Ring = (module.exports['BlkifRing'] ?? module.exports) as RingClass
  const Stream = require('kaitai-struct/KaitaiStream.js')
  const lines: string[] = []
  const printers = readingsOf(abi, records, JAVASCRIPT).map(({ type, readings }) => ({
    type,
    print: new Function(
      'r',
      'lines',
      readings
        .flatMap(({ name, statements }) => ['{', `const v = ['${name}']`, ...statements, 'lines.push(v.join(" "))', '}'])
        .join('\n'),
    ),
  }))
  const stream = (bytes: Uint8Array) => new Stream(Uint8Array.from(bytes).buffer)
  for (const [n, { items }] of records.entries())
    for (const bytes of items) printers[n]!.print(new Ring[printers[n]!.type]!(stream(bytes)), lines)
  const slots = printers[records.findIndex(({ name }) => name === 'slots')]!
  for (const bytes of rings) {
    const ring = new Ring(stream(bytes))
    lines.push(`ring ${ring.nrEnts}`)
    for (const slot of ring.slots) slots.print(slot, lines)
  }
  return lines
}

const PYTHON: Syntax = {
  field: (of, name) => `${of}.${name}`,
  index: (of, i) => `${of}[${i}]`,
  print: (of) => `v.append(int(${of}))`,
  loop: (i, length, body) => [`for ${i} in range(${length}):`, ...indented(body, '    ')],
}

async function inPython({ abi, records, rings }: Corpus, python: string, { folder }: Work): Promise<string[]> {
  const files = await compiled('python', abi)
  writeFileSync(join(folder, 'blkif_ring.py'), files['blkif_ring.py']!)
  const write = (name: string, items: readonly Uint8Array[]) => {
    const file = join(folder, `${abi.name}-${name}`)
    const lengths = items.map(({ length }) => length)
    writeFileSync(file, Buffer.concat(items))
    return `cut("${file}", [${lengths.join(', ')}])`
  }
  const parts = readingsOf(abi, records, PYTHON).map(({ type, readings }, n) => ({
    name: records[n]!.name,
    print: [
      `def print_${records[n]!.name}(r):`,
      ...indented(
        readings.flatMap(({ name, statements }) => [`v = ["${name}"]`, ...statements, 'print(*v)']),
        '    ',
      ),
    ],
    loop: [
      `for b in ${write(records[n]!.name, records[n]!.items)}:`,
      `    print_${records[n]!.name}(BlkifRing.${type}(KaitaiStream(io.BytesIO(b))))`,
    ],
  }))
  const program = `import io
from kaitaistruct import KaitaiStream
from blkif_ring import BlkifRing

def cut(name, lengths):
    with open(name, "rb") as f:
        return [f.read(n) for n in lengths]

${parts.flatMap(({ print }) => [...print, '']).join('\n')}
${parts.flatMap(({ loop }) => loop).join('\n')}
for b in ${write('rings', rings)}:
    ring = BlkifRing(KaitaiStream(io.BytesIO(b)))
    print("ring", ring.nr_ents)
    for slot in ring.slots:
        print_slots(slot)
`
  const main = join(folder, `${abi.name}.py`)
  writeFileSync(main, program)
  return ran(python, [main]).trimEnd().split('\n')
}

function readingsOf(abi: Abi, records: readonly Records[], syntax: Syntax) {
  const { shapes } = modelOf(LANGUAGE_TABLES, abi)
  return records.map(({ type }) => {
    const shape = shapes.find(({ name }) => name === type.name)!
    const readings =
      shape.kind === 'struct'
        ? [{ name: shape.name, statements: printing(shape, 'r', syntax) }]
        : shape.members.map((m) => ({
            name: m.name,
            statements: printing(m.type as StructShape, syntax.field('r', m.name), syntax),
          }))
    return { type: pascal(type.name), readings }
  })
}
