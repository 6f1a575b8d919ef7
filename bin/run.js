#!/usr/bin/env node
// CommonJS (package.json beside it): Node 20 starts it without its loader of ES modules.
const { join } = require('node:path')
const cli = join(__dirname, '../dist/cli')
require('../dist/cli/start.cjs').start(require, cli, join(__dirname, '../package.json'))
