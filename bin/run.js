#!/usr/bin/env node
import * as module from 'node:module'

// Node 22.1 and later: keeps compiled code between runs.
module.enableCompileCache?.()
module
  .createRequire(import.meta.url)('../dist/cli/blkring.cjs')
  .main(import.meta.url)
