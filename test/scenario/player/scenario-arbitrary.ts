// Random scenario files.
import fc from 'fast-check'
import { ScenarioError, scriptOf } from '../../../src/scenario/file/index.ts'

const setting = fc.record({
  driver: fc.constantFrom('seed', 'extra-req', 'modern'),
  abi: fc.constantFrom('x86_64', 'x86_32', 'arm'),
  page_size: fc.constantFrom('4K', '16K', '64K'),
  ring_pages: fc.constantFrom(1, 2, 4),
  features: fc.record({
    persistent: fc.boolean(),
    max_indirect_segments: fc.constantFrom(0, 16, 32, 64, 1024),
    flush: fc.boolean(),
    barrier: fc.boolean(),
    discard: fc.boolean(),
  }),
  handle: fc.integer({ min: 0, max: 0xffff }),
  first_gref: fc.integer({ min: 8, max: 3000 }),
  fill: fc.integer({ min: 0, max: 255 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
})

const sector = fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String)
const bytes = fc
  .oneof(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 64, max: 128 }), fc.integer({ min: 1, max: 512 }))
  .map((n) => n * 512)
const offset = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 127 })).map((n) => n * 512)

const request = fc.oneof(
  { weight: 4, arbitrary: fc.record({ read: fc.record({ sector, bytes, offset }) }) },
  { weight: 4, arbitrary: fc.record({ write: fc.record({ sector, bytes, offset, fua: fc.boolean() }) }) },
  fc.constant({ flush: {} }),
  fc.record({ discard: fc.record({ sector, sectors: fc.integer({ min: 1, max: 2 ** 30 }) }) }),
)

// Answered well: after a flush that failed, the driver sends none.
const complete = fc.record({ complete: fc.record({ order: fc.constantFrom('in-order', 'reverse', 'random') }) })

/** Big pages without indirect requests: those that are sent as two. */
const splitting = fc.tuple(setting, fc.constantFrom('extra-req', 'modern')).map(([keys, driver]) => ({
  ...keys,
  driver,
  page_size: '64K',
  features: { ...keys.features, max_indirect_segments: 0 },
}))

/** As many as any driver has in flight. */
const MAX_REQUESTS = 15

/** Scenarios that a driver takes, of all drivers, ABIs and page sizes. */
export const scenario = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: setting }, { weight: 1, arbitrary: splitting }),
    fc.array(fc.tuple(fc.array(request, { minLength: 3, maxLength: 5 }), fc.option(complete)), { minLength: 2, maxLength: 3 }),
  )
  .map(([keys, batches]) => {
    let left = MAX_REQUESTS
    const steps = batches.flatMap(([requests, mayAnswer], i) => {
      const answer = i < batches.length - 1 ? mayAnswer : null
      const taken = requests.filter((step) => {
        const becomes = requestsOf({ ...keys, steps: [step], final_push: false })
        if (becomes === 0 || becomes > left) return false
        left -= becomes
        return true
      })
      return taken.length > 0 ? [...taken, 'push', ...(answer ? [answer] : [])] : []
    })
    return { ...keys, steps }
  })
  .filter((file) => isTaken({ ...file, steps: [] }))

/** How many steps a scenario has once the block layer has cut its I/O; 0 of one that the driver would never be given. */
function requestsOf(file: object): number {
  try {
    return [...scriptOf(file).steps].length
  } catch (error) {
    if (error instanceof ScenarioError) return 0
    throw error
  }
}

/** The driver would be given such a request. */
export function isTaken(file: object): boolean {
  return requestsOf(file) > 0
}
