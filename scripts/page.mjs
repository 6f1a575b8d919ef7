// Builds what goes into the pages of `blkring report`: the script, of the library's own rooms, and the styles.
import { build } from 'esbuild'

/**
 * A page's policy forbids to make code at run time: binary-parser stays away, and the tables are walked. Not even the question is asked,
 * since a browser reports it as a violation.
 */
const NO_PARSER = `
  export const mayMakeCode = () => false
  const never = () => { throw new Error('no code is made in a page') }
  export { never as fieldsParser, never as parserOf, never as Parser }`
const noParser = {
  name: 'no-parser',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/parser\.ts$|^binary-parser\// }, ({ path, resolveDir }) =>
      path.startsWith('binary-parser') || /codec[\\/](struct|ring)$/.test(resolveDir)
        ? { path: 'no-parser', namespace: 'none' }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: NO_PARSER, loader: 'js' }))
  },
}

/** Writes dist/cli/report-page.js and report-page.css. @param plugins further ones of esbuild's */
export function buildPage(root, ...plugins) {
  return build({
    absWorkingDir: root,
    entryPoints: { 'report-page': 'src/page/main.ts', 'report-page-style': 'src/page/page.css' },
    outdir: 'dist/cli',
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    charset: 'ascii',
    legalComments: 'none',
    plugins: [noParser, ...plugins],
  })
}
