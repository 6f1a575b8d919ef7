// node --expose-gc bench/emulator.mjs [REQUESTS]
import { importTypeScript } from '../scripts/run-typescript.mjs'

const { measureEmulator } = await importTypeScript(new URL('emulator.ts', import.meta.url))
const requests = Number(process.argv[2] ?? 1_000_000)
for (const driver of ['seed', 'extra-req', 'modern'])
  for (const persistent of [false, true]) {
    const { requestsPerSecond, heapGrowthBytes } = measureEmulator(driver, persistent, requests)
    const kind = persistent ? 'persistent' : 'fresh grants'
    process.stdout.write(`${driver}  ${kind}  ${requestsPerSecond} requests/s  heap ${Math.round(heapGrowthBytes / 1024)} KiB\n`)
  }
