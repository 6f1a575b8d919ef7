// Scenario files: the ring that the emulated driver leaves, as the dump folder that `generate` would write, which is never written.
import { DumpError } from '../../capture/dump-error.ts'
import { strictTextOf, textOf } from '../../capture/encoding.ts'
import { folderOfScenario, isScenario } from '../../scenario/input.ts'
import { filesInMemory } from '../files.ts'
import { wholeOf } from '../listing.ts'
import { MAX_SCENARIO } from '../sizes.ts'
import { queuesIn } from './folder.ts'
import { LIKE_TEXT } from './hexdump.ts'
import type { Kind } from './kind.ts'

/** What may be a mapping: it is looked at more closely then. */
const BEGINS = /^\ufeff?(?:\s|#.*\n|---|%.*\n)*(?:\{\s*)?["']?[A-Za-z_][\w-]*["']?\s*:/

export const SCENARIO_FILE: Kind = {
  isText: true,
  ahead: MAX_SCENARIO + 1,
  looks({ head, encoding }) {
    const text = encoding === undefined ? '' : textOf(head, encoding)
    return BEGINS.test(text) && isScenario(text)
  },
  inPages: () => LIKE_TEXT,
  open({ path }) {
    throw new DumpError(path, 'a scenario', `blkring generate ${path} -o DIR writes the dump folder that it makes`)
  },
  async openLater({ path, source, around: { files: near } }, options, host) {
    const text = strictTextOf(wholeOf(source, MAX_SCENARIO, 'a scenario'), path)
    const { files, refusal } = await folderOfScenario(path === '-' ? 'standard input' : path, text, {
      yaml: () => import('yaml'),
      digest: await host.digest(),
    })
    if (refusal !== undefined) options.onNote?.(`${path}: ${refusal}`)
    const raw = { ...options, readAs: 'raw', ring: undefined } as const
    const queues = queuesIn(path, { files: filesInMemory(path, files, near.unpackers), options: raw, seen: new Map() })
    return { queues, scenario: () => text }
  },
}
