// The examples of the repository, and the tests that docs/testing.md shows: copied, built and run with this command on the path.
import { chmodSync, cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, delimiter, join, resolve } from 'node:path'
import { type Consumer, NotHere, ran, versionOf } from './tools.ts'

interface Example {
  readonly name: string
  /** @returns what was found to be so; `here` runs a command in a folder of the copy */
  run(here: (folder: string, command: string, ...args: readonly string[]) => string): string
}

/** A folder each. Of Go the reader is a package of its own. */
const TESTS = [
  ['c', 'test_ring.c', 'vector.h'],
  ['go', 'ring_test.go', 'vector.go'],
  ['ocaml', 'test_ring.ml', 'vector.ml'],
  ['python', 'test_ring.py', 'vector.py'],
] as const
const GO_MOD = 'module driver\n\ngo 1.19\n'

const EXAMPLES: readonly Example[] = [
  {
    name: 'c-backend',
    run(here) {
      versionOf('gcc')
      versionOf('make')
      const flags = 'CFLAGS=-O1 -g -fsanitize=address,undefined -fno-sanitize-recover'
      const lines = here('examples/c-backend', 'make', 'test', flags).split('\n')
      return lines
        .filter((line) => line.startsWith('ok: '))
        .map((line) => line.slice('ok: '.length))
        .join('; ')
    },
  },
  {
    name: 'rust-frontend',
    run(here) {
      versionOf('cargo')
      return passed(here('examples/rust-frontend', 'cargo', 'test', '--offline', '--quiet'), /(\d+) passed/g)
    },
  },
  {
    name: 'testing/test_ring.c',
    run(here) {
      versionOf('gcc')
      here('c', 'sh', '-c', 'blkring layout --format c --abi x86_64 >blkif.h')
      here('c', 'gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined', '-o', 'c', 'test_ring.c')
      return here('c', 'sh', '-c', './c vectors/*.txt | tail -1').trim()
    },
  },
  {
    name: 'testing/ring_test.go',
    run(here) {
      versionOf('go', 'version')
      if (here('go', 'gofmt', '-l', '.') !== '') throw new Error('gofmt would change ring_test.go')
      return passed(here('go', 'go', 'test', '-v', '.'), /^--- PASS/gm)
    },
  },
  {
    name: 'testing/test_ring.ml',
    run(here) {
      versionOf('ocamlc', '-version')
      here('ocaml', 'ocamlc', '-w', '+a-4-9-40-41-42-44-45-70', '-warn-error', '+a', '-o', 'ml', 'vector.ml', 'test_ring.ml')
      return here('ocaml', 'sh', '-c', './ml vectors/*.txt | tail -1').trim()
    },
  },
  {
    name: 'testing/test_ring.py',
    run(here) {
      versionOf('python3')
      // Tests' results go to standard error.
      return passed(here('python', 'sh', '-c', 'python3 -m unittest -v test_ring 2>&1'), /\.\.\. ok$/gm)
    },
  },
]

/** @throws Error where no test ran */
function passed(output: string, pattern: RegExp): string {
  const counts = [...output.matchAll(pattern)].map(([, count = 1]) => Number(count))
  const sum = counts.reduce((a, b) => a + b, 0)
  if (sum === 0) throw new Error(`no test ran:\n${output.slice(-2000)}`)
  return `${sum} tests pass`
}

export const examples: Consumer = {
  name: 'examples',
  run({ folder }) {
    for (const shipped of ['examples', 'vectors']) cpSync(shipped, join(folder, shipped), { recursive: true })
    // As the document says: reader, scenario and vectors beside the test.
    for (const [own, test, reader] of TESTS) {
      const to = join(folder, own)
      cpSync('vectors', join(to, 'vectors'), { recursive: true })
      for (const file of [`examples/testing/${test}`, 'examples/testing/linux.yaml', `vectors/readers/${reader}`])
        cpSync(file, join(to, basename(file)))
    }
    renameSync(join(folder, 'go/vector.go'), join(mkdirSync(join(folder, 'go/vector'), { recursive: true })!, 'vector.go'))
    writeFileSync(join(folder, 'go/go.mod'), GO_MOD)
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'blkring'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/run.js')}' "$@"\n`)
    chmodSync(join(bin, 'blkring'), 0o755)
    const env = { PATH: `${bin}${delimiter}${process.env['PATH']}`, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' }
    const here = (cwd: string, command: string, ...args: readonly string[]) => ran(command, args, { cwd: join(folder, cwd), env })
    const [said, wrong]: [string[], string[]] = [[], []]
    for (const { name, run } of EXAMPLES)
      try {
        said.push(`${name}: ${run(here)}`)
      } catch (error) {
        if (error instanceof NotHere) said.push(`${name}: not here: ${error.message}`)
        else wrong.push(`${name}: ${(error as Error).message}`)
      }
    if (wrong.length > 0) throw new Error([...wrong, ...said].join('\n'))
    return said
  },
}
