// The vectors of the package, read by the readers that ship with them: each prints all that it found.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { VectorRing } from '../vectors/read-moment.ts'
import { vectorLines } from '../vectors/vector-text.ts'
import { vectorRings } from '../vectors.ts'
import { compare } from './corpus.ts'
import { type Consumer, NotHere, ran, versionOf } from './tools.ts'

const READERS = resolve('vectors/readers')

/** A program around the reader: prints of each file named the lines with their keys in order, the bytes of the ring and of the pages. */
interface Reader {
  readonly language: string
  readonly reader: string
  readonly file: string
  readonly version: () => string
  readonly main: string
  /** @returns what it printed of the files */
  run(folder: string, files: readonly string[]): string
}

const C = `#include "vector.h"
static struct vector v;
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static void bytes(const uint8_t *of, size_t n) { for (size_t i = 0; i < n; i++) printf("%02x", of[i]); puts(""); }
int main(int argc, char **argv)
{
	for (int a = 1; a < argc; a++) {
		if (vector_read(&v, argv[a])) return 1;
		for (int i = 0; i < v.nr_lines; i++) {
			char *words[16], *word = strtok(v.lines[i], " \\n");
			int n = 0;
			printf("%s", word);
			while ((word = strtok(NULL, " \\n"))) words[n++] = word;
			qsort(words, n, sizeof *words, by_text);
			for (int k = 0; k < n; k++) printf(" %s", words[k]);
			puts("");
		}
		bytes(v.ring, v.ring_size);
		for (int i = 0; i < v.nr_pages; i++) { printf("%u ", v.pages[i].gref); bytes(v.pages[i].bytes, 4096); }
	}
}
`

const RUST = `mod vector;
use std::io::Write;
fn main() {
    let mut o = std::io::BufWriter::new(std::io::stdout());
    let hex = |b: &[u8]| b.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for path in std::env::args().skip(1) {
        let v = vector::parse(&std::fs::read_to_string(path).unwrap());
        for line in &v.lines {
            let mut pairs: Vec<_> = line.iter().filter(|(k, _)| *k != "kind").map(|(k, v)| format!("{k}={v}")).collect();
            pairs.sort();
            writeln!(o, "{} {}", line["kind"], pairs.join(" ")).unwrap();
        }
        writeln!(o, "{}", hex(&v.ring)).unwrap();
        for (gref, page) in &v.pages { writeln!(o, "{gref} {}", hex(page)).unwrap(); }
    }
}
`

const GO = `package main

import (
	"bufio"
	"consumer/vector"
	"fmt"
	"os"
	"sort"
	"strings"
)

func main() {
	o := bufio.NewWriter(os.Stdout)
	defer o.Flush()
	for _, path := range os.Args[1:] {
		v, err := vector.Read(path)
		if err != nil {
			panic(err)
		}
		for _, l := range v.Lines {
			var pairs []string
			for key, value := range l {
				if key != "kind" {
					pairs = append(pairs, key+"="+value)
				}
			}
			sort.Strings(pairs)
			fmt.Fprintln(o, l["kind"], strings.Join(pairs, " "))
		}
		fmt.Fprintf(o, "%x\\n", v.Ring)
		var grefs []int
		for gref := range v.Pages {
			grefs = append(grefs, int(gref))
		}
		sort.Ints(grefs)
		for _, gref := range grefs {
			fmt.Fprintf(o, "%d %x\\n", gref, v.Pages[uint64(gref)])
		}
	}
}
`

const PYTHON = `import sys

from vector import Vector

for path in sys.argv[1:]:
    v = Vector(path)
    for line in v.lines:
        kind = line.pop("kind")
        print(kind, *sorted(f"{k}={value}" for k, value in line.items()))
    print(v.ring.hex())
    for gref, page in sorted(v.pages.items()):
        print(gref, page.hex())
`

const OCAML = `let hex b = String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (List.of_seq (Bytes.to_seq b)))

let () =
  for i = 1 to Array.length Sys.argv - 1 do
    let v = Vector.read Sys.argv.(i) in
    List.iter (fun (l : Vector.line) ->
      let pairs = List.sort compare (List.map (fun (k, v) -> k ^ "=" ^ v) l.fields) in
      print_endline (String.concat " " (l.kind :: pairs))) v.lines;
    print_endline (hex v.ring);
    let pages = List.sort compare (List.of_seq (Hashtbl.to_seq v.pages)) in
    List.iter (fun (gref, page) -> Printf.printf "%d %s\\n" gref (hex page)) pages
  done
`

const GO_ENV = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' }

const READER_PROGRAMS: readonly Reader[] = [
  {
    language: 'c',
    reader: 'vector.h',
    file: 'main.c',
    version: () => versionOf('gcc'),
    main: C,
    run(folder, files) {
      ran('gcc', ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1', '-fsanitize=address,undefined', '-o', 'main', 'main.c'], {
        cwd: folder,
      })
      return ran(join(folder, 'main'), files)
    },
  },
  {
    language: 'rust',
    reader: 'vector.rs',
    file: 'main.rs',
    version: () => versionOf('rustc'),
    main: RUST,
    run(folder, files) {
      ran('rustc', ['--edition', '2021', '-D', 'warnings', '-A', 'dead-code', 'main.rs'], { cwd: folder })
      return ran(join(folder, 'main'), files)
    },
  },
  {
    language: 'go',
    reader: 'vector.go',
    file: 'main.go',
    version: () => versionOf('go', 'version'),
    main: GO,
    run(folder, files) {
      mkdirSync(join(folder, 'vector'))
      copyFileSync(join(READERS, 'vector.go'), join(folder, 'vector/vector.go'))
      writeFileSync(join(folder, 'go.mod'), 'module consumer\n\ngo 1.19\n')
      const here = { cwd: folder, env: GO_ENV }
      const unformatted = ran('gofmt', ['-l', 'vector'], here)
      if (unformatted !== '') throw new Error(`gofmt would change ${unformatted.trim()}`)
      ran('go', ['vet', './vector'], here)
      return ran('go', ['run', 'main.go', ...files], here)
    },
  },
  {
    language: 'python',
    reader: 'vector.py',
    file: 'main.py',
    version: () => versionOf('python3'),
    main: PYTHON,
    run: (folder, files) => ran('python3', ['-W', 'error::SyntaxWarning', join(folder, 'main.py'), ...files]),
  },
  {
    language: 'ocaml',
    reader: 'vector.ml',
    file: 'main.ml',
    version: () => versionOf('ocamlc', '-version'),
    main: OCAML,
    run(folder, files) {
      ran('ocamlc', ['-w', '+a-4-9-40-41-42-44-45-70', '-warn-error', '+a', '-o', 'main', 'vector.ml', 'main.ml'], { cwd: folder })
      return ran(join(folder, 'main'), files)
    },
  },
]

/** What a reader has to find in a vector: not what stands in the file, but what the library reads in the bytes. */
function expectedOf(vector: VectorRing): string[] {
  const pairs = (fields: object) => Object.entries(fields).map(([key, value]) => `${key}=${value}`)
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  return [
    ...vectorLines(vector).map(({ kind, fields }) => [kind, ...pairs(fields).sort()].join(' ')),
    hex(vector.bytes),
    ...[...vector.pages].map(([gref, page]) => `${gref} ${hex(page)}`),
  ]
}

export const vectors: Consumer = {
  name: 'vectors',
  run({ folder }) {
    const rings = vectorRings()
    const files = rings.map(({ name }) => resolve(`vectors/${name}.txt`))
    const expected = rings.flatMap(expectedOf)
    const [said, absent]: [string[], string[]] = [[], []]
    for (const { language, reader, file, version, main, run } of READER_PROGRAMS) {
      const own = join(folder, language)
      mkdirSync(own)
      copyFileSync(join(READERS, reader), join(own, reader))
      writeFileSync(join(own, file), main)
      try {
        const made = version()
        const counts = { values: 0 }
        compare(language, run(own, files).trimEnd().split('\n'), expected, counts)
        said.push(`${language}: ${counts.values} values of ${rings.length} vectors agree (${made})`)
      } catch (error) {
        if (!(error instanceof NotHere)) throw error
        absent.push(language)
        said.push(`${language}: not here: ${error.message}`)
      }
    }
    if (absent.length === READER_PROGRAMS.length) throw new NotHere('none of the languages')
    return said
  },
}
