// Rings to compare: of captures, and of random scenarios.
import fc from 'fast-check'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { type DeviceDiff, type DiffOptions, diffDevices, type SideRing } from '../../src/diff/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { scriptOf } from '../../src/scenario/file/index.ts'
import { indirectPagesInWindow, Player } from '../../src/scenario/player/index.ts'
import { scenario } from '../scenario/player/scenario-arbitrary.ts'

export function sideOf(bytes: Uint8Array, abi: Abi, indirectPages: ReadonlyMap<number, Uint8Array> = new Map()): SideRing {
  return { bytes, indirectPages, queue: undefined, ring: decodeRing(bytes, abi, { indirectPages }) }
}

/** The ring as a scenario leaves it. */
export function sideOfScenario(file: unknown): SideRing {
  const player = new Player(scriptOf(file as object))
  for (const _ of player.play());
  const { emulator } = player
  const pages = new Map([...indirectPagesInWindow(emulator)].map(([gref, page]) => [gref, page.slice()]))
  const { bytes, geometry } = emulator.frontend.ring
  return sideOf(bytes.slice(), geometry.abi, pages)
}

/** All rings of a dump folder. */
export function sidesOf(folder: string): SideRing[] {
  return [...loadDumps(folder)].map((dump) => {
    const { ring } = decodeCapture(dump)
    return { ring, bytes: dump.bytes, indirectPages: dump.indirectPages, queue: dump.queue }
  })
}

/** What makes a ring: a scenario, or the seed of random bytes. Counterexamples are shown, and made smaller, in these words. */
export type Recipe = { readonly scenario: object } | { readonly random: RandomRing }

interface RandomRing {
  readonly seed: number
  readonly pages: number
  readonly abi: Abi
  /** rsp_prod and how many requests are outstanding; undefined leaves them to chance. */
  readonly indices: readonly [number, number] | undefined
}

export function sideOfRecipe(recipe: Recipe): SideRing {
  if ('scenario' in recipe) return sideOfScenario(recipe.scenario)
  const { seed, pages, abi, indices } = recipe.random
  const bytes = randomBytes(seed, pages * XEN_PAGE_SIZE)
  if (indices) {
    const view = new DataView(bytes.buffer)
    view.setUint32(0, indices[0] + indices[1], true)
    view.setUint32(8, indices[0], true)
  }
  return sideOf(bytes, abi)
}

/** xorshift32. */
function randomBytes(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let x = seed || 1
  for (let i = 0; i < length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    bytes[i] = x & 0xff
  }
  return bytes
}

export const drivenRing: fc.Arbitrary<Recipe> = scenario.map((file) => ({ scenario: file }))

const randomRing: fc.Arbitrary<Recipe> = fc
  .record({
    seed: fc.integer(),
    pages: fc.constantFrom(1, 2),
    abi: fc.constantFrom(...ABIS),
    indices: fc.option(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })), { nil: undefined }),
  })
  .map((random) => ({ random }))

export const anyRing = fc.oneof({ weight: 3, arbitrary: drivenRing }, { weight: 1, arbitrary: randomRing })

/** Paths of all differences, full, each once. */
export function pathsOf(diff: DeviceDiff): string[] {
  return [...new Set(diff.hunks.flatMap(({ differences }) => differences.map(({ a, b }) => (a ?? b)!.path)))]
}

export function diffOf(a: SideRing, b: SideRing, options: DiffOptions): DeviceDiff {
  return diffDevices([a], [b], options)
}

export const anyOptions = fc.record({
  level: fc.constantFrom('bytes' as const, 'fields' as const, 'io' as const),
  by: fc.option(fc.constantFrom('slot' as const, 'index' as const, 'id' as const, 'sector' as const, 'order' as const), {
    nil: undefined,
  }),
  strict: fc.boolean(),
  all: fc.boolean(),
})
