// Builds what goes into the pages of `blkring report`: the script, of the library's own rooms, and the styles.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * Modules of src/codec that a page does without. Its policy forbids to make code at run time: binary-parser stays away, and the tables are
 * walked; not even the question is asked, since a browser reports it as a violation. Nobody calls a page's functions but the page: what
 * explains to a caller that an argument is no ABI stays away as well.
 */
const ABSENT = {
  'struct/parser.ts': 'export const mayMakeCode = () => false, fieldsParser = undefined, parserOf = undefined',
  'ring/slot-parser.ts': 'export const parsing = undefined',
  'struct/require-abi.ts': 'export const requireAbi = () => {}',
}
/** What the fields of a row mean, and count, is told in documents, not in pages. */
const TOLD = /,\s*(?:about|unit):\s*(?:'[^']*'|`[^`]*`|SECTORS)/g
const withoutAbsent = {
  name: 'without-absent',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^binary-parser\// }, () => ({ path: 'binary-parser', namespace: 'absent' }))
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export const Parser = undefined' }))
    onLoad({ filter: /[\\/]rows[\\/]fields\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(TOLD, ''),
      loader: 'ts',
    }))
    onLoad({ filter: /[\\/]codec[\\/].*\.ts$/ }, ({ path }) => {
      const contents = ABSENT[path.split(/[\\/]/).slice(-2).join('/')]
      return contents && { contents }
    })
  },
}

/** Writes what goes into pages to dist/cli: a script for rings of one moment, one for series, one for the empty page, and the styles. @param plugins further ones of esbuild's */
export async function buildPage(root, ...plugins) {
  await build({
    absWorkingDir: root,
    entryPoints: {
      'report-page': 'src/page/main.ts',
      'report-series': 'src/page/series.ts',
      'report-page-style': 'src/page/page.css',
      'report-cuts-style': 'src/page/style/cuts.css',
      'report-empty': 'src/page/playground/main.ts',
      'report-empty-style': 'src/page/playground/playground.css',
    },
    outdir: 'dist/cli',
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    charset: 'ascii',
    // A page's files have paths as well, and it carries a ring to look at.
    alias: { 'node:path': './src/page/paths.ts' },
    loader: { '.bin': 'binary', '.txt': 'text' },
    legalComments: 'none',
    plugins: [withoutAbsent, ...plugins],
  })
  // It writes documents, and lies in one: what begins a comment there is no comment in a string.
  const empty = join(root, 'dist/cli/report-empty.js')
  writeFileSync(empty, readFileSync(empty, 'utf8').replaceAll('<!--', '\\x3c!--'))
}
