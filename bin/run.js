#!/usr/bin/env node
// CommonJS (package.json beside it): Node 20 starts it without its loader of ES modules.

// Node 22.1 and later: keeps compiled code between runs.
require('node:module').enableCompileCache?.()
require('../dist/cli/blkring.cjs').main(require.resolve('../package.json'))
