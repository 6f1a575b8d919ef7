// npm run fuzz -- [--seconds N] [--count N] [--seed N] [--only TARGET] [--watchdog MS]
import { fileURLToPath } from 'node:url'
import * as yaml from 'yaml'
import { importTypeScript } from './run-typescript.mjs'

const { main, work } = await importTypeScript(new URL('fuzz.ts', import.meta.url))
const load = async () => yaml
/** Bugs that test/fuzz.test.ts plants, to see them found. */
const PLANTS = {
  memory: () => new Uint8Array(2 ** 29).fill(1),
  loop: () => {
    for (;;);
  },
}
const { FUZZ_PLANT: plant = '' } = process.env
if (process.send) work(load, PLANTS[plant.replace('-after', '')], plant.endsWith('-after'))
else {
  const print = (line) => process.stdout.write(`${line}\n`)
  // A campaign without a seed of its own tries what none before it tried; it prints the seed.
  process.exitCode = await main(process.argv.slice(2), Date.now() % 2 ** 31, load, print, fileURLToPath(import.meta.url))
}
