// esbuild plugin for the bundle of terminal-kit: its root loads its parts lazily through a `require` that a bundle does not
// have; the package's other root names them all.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const terminalBundle = {
  name: 'terminal-bundle',
  setup(build) {
    const path = require.resolve('terminal-kit/lib/termkit-no-lazy-require.js')
    build.onResolve({ filter: /^terminal-kit$|(^|\/)termkit\.js$/ }, () => ({ path }))
    // Reads images, which are drawn nowhere here; of the packages behind it one has no licence file.
    build.onResolve({ filter: /^@cronvel\/get-pixels$/ }, ({ path }) => ({ path, namespace: 'empty' }))
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }))
    // A text beside the descriptions of terminals, one of which is chosen by name.
    build.onLoad({ filter: /termconfig\/README$/ }, () => ({ contents: '' }))
  },
}
