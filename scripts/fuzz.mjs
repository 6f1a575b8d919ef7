// npm run fuzz -- [--seconds N] [--count N] [--seed N] [--only TARGET]
import * as yaml from 'yaml'
import { importTypeScript } from './run-typescript.mjs'

const { main } = await importTypeScript(new URL('fuzz.ts', import.meta.url))
const print = (line) => process.stdout.write(`${line}\n`)
// A campaign without a seed of its own tries what none before it tried; it prints the seed.
process.exitCode = await main(process.argv.slice(2), Date.now() % 2 ** 31, async () => yaml, print)
