// Kaitai Struct's JavaScript of blkif.ksy. Answers like bulk.ts.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import KaitaiStream from 'kaitai-struct/KaitaiStream.js'
import { compileKsy } from './kaitai.mjs'

const PAGE = 4096
const files = await compileKsy('javascript')
const module = { exports: {} }
const require = createRequire(import.meta.url)
new Function('module', 'exports', 'require', files['BlkifPage.js'])(module, module.exports, require)
const BlkifPage = module.exports.BlkifPage ?? module.exports
const all = readFileSync(process.argv[2])
for await (const _ of createInterface({ input: process.stdin })) {
  const start = process.cpuUsage()
  let slots = 0
  for (let at = 0; at < all.length; at += PAGE)
    slots += new BlkifPage(new KaitaiStream(all.buffer.slice(all.byteOffset + at, all.byteOffset + at + PAGE))).slots.length
  const { user, system } = process.cpuUsage(start)
  process.stdout.write(`${((user + system) / 1e6).toFixed(6)} ${slots}\n`)
}
