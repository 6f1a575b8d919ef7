// A struct as a table: its layout under each ABI, its bytes, its value, the names of its bytes.
import { annotate, decode, encode, layoutOf, struct, u8, u64, x86_32, x86_64 } from 'blkring/struct'

const entry = struct('entry', { operation: u8, sector: u64 })

for (const abi of [x86_64, x86_32]) {
  const { size, fields } = layoutOf(entry, abi)
  console.log(abi.name, `${size} bytes:`, fields.map(({ name, offset }) => `${name} at ${offset}`).join(', '))
}
const bytes = encode(entry, x86_32, { operation: 1, sector: 2n ** 40n })
const { sector } = decode(entry, x86_32, bytes)
console.log(`sector ${sector}`)
for (const { path, offset, size } of annotate(entry, x86_32)) console.log(`${offset}+${size} ${path}`)
