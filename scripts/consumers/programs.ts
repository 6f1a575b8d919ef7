// Consumers that are programs: each is the text of `layout --format`, a few lines of its language around it, and the files of records.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Abi } from '../../src/codec/struct/abi.ts'
import { languageText } from '../../src/layouts/index.ts'
import type { Language } from '../../src/layouts/languages.ts'
import { modelOf, pascal, type StructShape } from '../../src/layouts/model.ts'
import { LANGUAGE_TABLES } from '../../src/layouts/tables.ts'
import { type Corpus, compare, linesOf } from './corpus.ts'
import { indented, printing, type Syntax } from './printing.ts'
import { type Consumer, ran, versionOf } from './tools.ts'

/** A file of records, and the statements that print each reading of one. */
interface Part {
  readonly file: string
  readonly shape: StructShape
  readonly readings: readonly { readonly name: string; readonly of: string; readonly statements: readonly string[] }[]
}

interface Program {
  readonly text: string
  readonly shapes: readonly StructShape[]
  readonly parts: readonly Part[]
  readonly abi: Abi
  /** Where the files of records lie, and where the program may. */
  readonly folder: string
}

function consumer(
  name: Language,
  syntax: (abi: Abi) => Syntax,
  version: () => string,
  build: (program: Program) => string,
): Consumer {
  return {
    name,
    run({ corpora, folder }) {
      const made = version()
      const counts = { values: 0 }
      for (const corpus of corpora) {
        const own = join(folder, corpus.abi.name)
        mkdirSync(own)
        const out = build(programOf(name, corpus, syntax(corpus.abi), own))
        const expected = corpus.records.flatMap((records) => linesOf(records, corpus.abi))
        compare(corpus.abi.name, out.trimEnd().split('\n'), expected, counts)
      }
      return [`${counts.values} values agree under ${corpora.map(({ abi }) => abi.name).join(', ')} (${made})`]
    },
  }
}

function programOf(language: Language, { abi, records }: Corpus, syntax: Syntax, folder: string): Program {
  const { shapes } = modelOf(LANGUAGE_TABLES, abi)
  const parts = records.map(({ name, type, items }): Part => {
    const file = join(folder, `${name}.bin`)
    writeFileSync(file, Buffer.concat(items))
    const shape = shapes.find((s) => s.name === type.name)!
    const readings =
      shape.kind === 'struct'
        ? [{ name: shape.name, of: 'r', shape }]
        : shape.members.map((m) => ({ name: m.name, of: syntax.field('r', m.name), shape: m.type as StructShape }))
    return {
      file,
      shape,
      readings: readings.map((r) => ({
        name: r.name,
        of: r.of,
        statements: printing(r.shape, language === 'go' ? 'v' : r.of, syntax),
      })),
    }
  })
  return { text: languageText(language, undefined, [abi]), shapes, parts, abi, folder }
}

const dotted = { field: (of: string, name: string) => `${of}.${name}`, index: (of: string, i: string) => `${of}[${i}]` }
const braces = (head: string, body: readonly string[]) => [`${head} {`, ...indented(body), '}']

const C: Syntax = {
  ...dotted,
  print: (of, type) => (type === 's16' ? `printf(" %d", ${of});` : `printf(" %llu", (unsigned long long)${of});`),
  loop: (i, length, body) => braces(`for (int ${i} = 0; ${i} < ${length}; ${i}++)`, body),
}

/** Compiled as C and C++, for 64 and 32 bits: every assertion holds; run where it can be. */
export const c = consumer(
  'c',
  () => C,
  () => versionOf('gcc'),
  ({ text, parts, folder }) => {
    const header = join(folder, 'blkif.h')
    writeFileSync(header, text)
    const strict = ['-Wall', '-Wextra', '-Werror', '-ffreestanding', '-fsyntax-only']
    for (const bits of ['-m64', '-m32']) {
      ran('gcc', [bits, '-std=c11', '-xc', ...strict, header])
      ran('g++', [bits, '-std=c++11', '-xc++', ...strict, header])
    }
    const bodies = parts.map(({ file, shape, readings }) =>
      braces(`for (FILE *f = fopen("${file}", "rb"); f; fclose(f), f = NULL)`, [
        `${shape.kind} ${shape.name} r;`,
        ...braces(
          'while (fread(&r, sizeof r, 1, f) == 1)',
          readings.flatMap(({ name, statements }) => [`printf("${name}");`, ...statements, 'puts("");']),
        ),
      ]),
    )
    writeFileSync(
      join(folder, 'main.c'),
      `#include <stdio.h>\n#include "blkif.h"\n${braces('int main(void)', bodies.flat()).join('\n')}\n`,
    )
    ran('gcc', ['-std=c11', '-Wall', '-Werror', '-o', join(folder, 'main'), join(folder, 'main.c')])
    return ran(join(folder, 'main'), [])
  },
)

const RUST: Syntax = {
  ...dotted,
  // Braces take a copy: a field of a packed struct cannot be borrowed.
  print: (of) => `write!(o, " {}", { ${of} }).unwrap();`,
  loop: (i, length, body) => braces(`for ${i} in 0..${length}`, body),
}

export const rust = consumer(
  'rust',
  () => RUST,
  () => versionOf('rustc'),
  ({ text, parts, folder }) => {
    writeFileSync(join(folder, 'blkif.rs'), text)
    const bodies = parts.map(({ file, shape, readings }) => {
      const name = pascal(shape.name)
      return braces(`for b in std::fs::read("${file}").unwrap().chunks_exact(std::mem::size_of::<${name}>())`, [
        `let r: ${name} = unsafe { std::ptr::read_unaligned(b.as_ptr().cast()) };`,
        ...readings.flatMap(({ name, statements }) => [
          `write!(o, "${name}").unwrap();`,
          'unsafe {',
          ...indented(statements),
          '}',
          'writeln!(o).unwrap();',
        ]),
      ])
    })
    const main = braces('fn main()', ['let mut o = std::io::BufWriter::new(std::io::stdout());', ...bodies.flat()])
    writeFileSync(
      join(folder, 'main.rs'),
      `#![allow(unused_unsafe)]\nmod blkif;\nuse blkif::*;\nuse std::io::Write;\n${main.join('\n')}\n`,
    )
    ran('rustc', ['--edition', '2021', '-D', 'warnings', '-o', join(folder, 'main'), join(folder, 'main.rs')])
    return ran(join(folder, 'main'), [])
  },
)

const GO = (abi: Abi): Syntax => ({
  field: (of, name) => `${of}.${pascal(name)}`,
  index: dotted.index,
  print: (of, type) => `fmt.Fprint(o, " ", ${of}${type === 'u64' && abi.u64Align === 4 ? '.Uint64()' : ''})`,
  loop: (i, length, body) => braces(`for ${i} := 0; ${i} < ${length}; ${i}++`, body),
})

export const go = consumer(
  'go',
  GO,
  () => versionOf('go', 'version'),
  ({ text, shapes, parts, folder }) => {
    mkdirSync(join(folder, 'blkif'))
    writeFileSync(join(folder, 'go.mod'), 'module consumer\n\ngo 1.19\n')
    writeFileSync(join(folder, 'blkif/blkif.go'), text)
    const sizes = shapes.map(({ name, size }) => `if n := binary.Size(${pascal(name)}{}); n != ${size} { t.Error("${name}", n) }`)
    writeFileSync(
      join(folder, 'blkif/blkif_test.go'),
      `package blkif\n\nimport (\n"encoding/binary"\n"testing"\n)\n\n${braces('func TestSizes(t *testing.T)', sizes).join('\n')}\n`,
    )
    const bodies = parts.map(({ file, shape, readings }) =>
      braces(`for b := read("${file}"); b.Len() > 0;`, [
        `var r blkif.${pascal(shape.name)}`,
        'if binary.Read(b, binary.LittleEndian, &r) != nil { panic(b.Len()) }',
        ...readings.flatMap(({ name, of, statements }) =>
          braces('', [`v := ${of}${of === 'r' ? '' : '()'}`, `fmt.Fprint(o, "${name}")`, ...statements, 'fmt.Fprintln(o)']),
        ),
      ]),
    )
    const main = braces('func main()', ['o := bufio.NewWriter(os.Stdout)', 'defer o.Flush()', ...bodies.flat()])
    const read = braces('func read(name string) *bytes.Reader', [
      'b, err := os.ReadFile(name)',
      'if err != nil { panic(err) }',
      'return bytes.NewReader(b)',
    ])
    const imports = ['bufio', 'bytes', 'consumer/blkif', 'encoding/binary', 'fmt', 'os'].map((name) => `import "${name}"`)
    writeFileSync(join(folder, 'main.go'), `package main\n\n${[...imports, ...read, ...main].join('\n')}\n`)
    const env = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' }
    const here = { cwd: folder, env }
    const unformatted = ran('gofmt', ['-l', 'blkif/blkif.go'], here)
    if (unformatted !== '') throw new Error(`gofmt would change ${unformatted.trim()}`)
    ran('go', ['vet', './...'], here)
    // The offsets are asserted for 32 bits too, where Go aligns a uint64 to 4 bytes.
    ran('go', ['build', '-gcflags=-e', './blkif'], { ...here, env: { ...env, GOARCH: '386' } })
    ran('go', ['test', './...'], here)
    return ran('go', ['run', '.'], here)
  },
)

const PYTHON: Syntax = {
  ...dotted,
  print: (of) => `v.append(${of})`,
  loop: (i, length, body) => [`for ${i} in range(${length}):`, ...indented(body, '    ')],
}

export const python = consumer(
  'python',
  () => PYTHON,
  () => versionOf('python3'),
  ({ text, parts, folder }) => {
    writeFileSync(join(folder, 'blkif.py'), text)
    const bodies = parts.flatMap(({ file, shape, readings }) => [
      `b = open("${file}", "rb").read()`,
      `for at in range(0, len(b), ctypes.sizeof(blkif.${shape.name})):`,
      ...indented(
        [
          `r = blkif.${shape.name}.from_buffer_copy(b, at)`,
          ...readings.flatMap(({ name, statements }) => [`v = ["${name}"]`, ...statements, 'print(*v)']),
        ],
        '    ',
      ),
    ])
    writeFileSync(join(folder, 'main.py'), `import ctypes\n\nimport blkif\n\n${bodies.join('\n')}\n`)
    return ran('python3', ['-W', 'error', join(folder, 'main.py')])
  },
)

const POKE: Syntax = {
  ...dotted,
  print: (of, type) => (type === 's16' ? `printf (" %i16d", ${of});` : `printf (" %u64d", ${of} as uint<64>);`),
  loop: (i, length, body) => braces(`for (var ${i} = 0; ${i} < ${length}; ${i}++)`, body),
}

export const poke = consumer(
  'poke',
  () => POKE,
  () => versionOf('poke'),
  ({ text, parts, folder }) => {
    const bodies = parts.map(({ file, shape, readings }, n) => [
      `var f${n} = open ("${file}", IOS_M_RDONLY);`,
      ...braces(`for (var at = 0; at < (iosize (f${n}) / #B); at += ${shape.size})`, [
        `var r = unmap (${shape.name} @ f${n} : at#B);`,
        ...readings.flatMap(({ name, statements }) => [`printf ("${name}");`, ...statements, 'printf ("\\n");']),
      ]),
    ])
    const main = join(folder, 'main.pk')
    writeFileSync(main, `${text}\n${bodies.flat().join('\n')}\n`)
    return ran('poke', ['-q', '-L', main])
  },
)
