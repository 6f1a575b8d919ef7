// Changes of chance to bytes and texts.
import type { Random } from '../../src/scenario/file/index.ts'

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)]!
}

/** A number that code may be wrong about: near 0, near a power of two, or any. */
export function oddNumber(random: Random): number {
  const near = pick(random, [0, 1, 8, 12, 32, 64, 512, 4096, 2 ** 15, 2 ** 16, 2 ** 31, 2 ** 32])
  return random.below(3) === 0 ? random.next() : (near + random.below(5) + 2 ** 32 - 2) % 2 ** 32
}

/** A copy with a few fields, bytes or stretches changed; bytes of the header more often than others. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  if (copy.length < 8) return copy
  const view = new DataView(copy.buffer)
  for (let n = random.below(12); n >= 0; n--) {
    const at = random.below(3) === 0 ? random.below(Math.min(16, copy.length)) : random.below(copy.length)
    const room = copy.length - at
    switch (random.below(6)) {
      case 0:
        copy[at] = random.next()
        break
      case 1:
        copy[at] = copy[at]! ^ (1 << random.below(8))
        break
      case 2:
        view.setUint32(Math.min(at & ~3, copy.length - 4), oddNumber(random), true)
        break
      case 3:
        copy.fill(random.below(2) * 0xff, at, at + random.below(Math.min(room, 300)))
        break
      case 4:
        copy.copyWithin(at, random.below(copy.length), random.below(copy.length))
        break
      default:
        for (let i = at; i < at + Math.min(room, random.below(128)); i++) copy[i] = random.next() & pick(random, [0x07, 0x0f, 0xff])
    }
  }
  return copy
}

/** A text with characters, lines and stretches changed, moved, doubled and taken away; tokens of its kind strewn in. */
export function mutateText(random: Random, text: string, tokens: readonly string[]): string {
  let said = text
  for (let n = random.below(10); n >= 0; n--) {
    const at = random.below(said.length + 1)
    const length = pick(random, [0, 1, 2, 8, 40, 300])
    const lines = () => said.split('\n')
    switch (random.below(8)) {
      case 0:
        said = said.slice(0, at) + said.slice(at + length)
        break
      case 1:
        said = said.slice(0, at) + pick(random, tokens) + said.slice(at + length)
        break
      case 2:
        said = said.slice(0, at) + String.fromCharCode(random.below(random.below(4) === 0 ? 0x10000 : 0x80)) + said.slice(at + 1)
        break
      case 3:
        said = said.slice(0, at) + said.slice(at, at + length).repeat(1 + random.below(20)) + said.slice(at)
        break
      case 4: {
        const all = lines()
        const [line] = all.splice(random.below(all.length), 1 + random.below(3))
        if (random.below(2) === 0) all.splice(random.below(all.length + 1), 0, line!)
        said = all.join('\n')
        break
      }
      case 5:
        said = said.slice(0, at)
        break
      case 6:
        said = said.slice(0, at) + said.slice(random.below(said.length + 1))
        break
      default:
        said =
          said.slice(0, at) +
          String(random.below(2) === 0 ? oddNumber(random) : 2n ** BigInt(random.below(70))) +
          said.slice(at + length)
    }
  }
  return said.slice(0, 2 ** 20)
}
