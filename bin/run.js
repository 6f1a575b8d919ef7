#!/usr/bin/env node
// CommonJS (package.json beside it): Node 20 starts it without its loader of ES modules.

// Node 22.1 and later: keeps compiled code between runs, in the package. Node's own choice is a folder of /tmp, where code that another
// user put there would be run.
require('node:module').enableCompileCache?.(require('node:path').join(__dirname, '..', '.compile-cache'))
require('../dist/cli/blkring.cjs').main(require.resolve('../package.json'))
