// Rings to look at without having one: a capture of this repository, and a scenario.
import ring from '../../../dumps/direct/ring.bin'
import xenstore from '../../../dumps/direct/xenstore.txt'
import { type Given, givenText } from './given.ts'

const SCENARIO = `# Two reads and a write of 60 KiB with indirect pages; the backend answers the first and stops.
features: {max_indirect_segments: 32}
steps:
  - read: {sector: 8, bytes: 4K}
  - read: {sector: 2048, bytes: 44K}
  - write: {sector: 4096, bytes: 60K}
  - push
  - consume: {count: 1}
  - respond: {count: 1}
`

export const SAMPLES: Readonly<Record<string, () => { readonly given: Given; readonly text?: string }>> = {
  ring: () => ({
    given: {
      files: new Map<string, Uint8Array>([
        ['direct/ring.bin', ring],
        ['direct/xenstore.txt', new TextEncoder().encode(xenstore)],
      ]),
      names: ['direct'],
    },
  }),
  scenario: () => ({ given: givenText('scenario.yaml', SCENARIO), text: SCENARIO }),
}
