// What people have in their hands at an incident: prints, logs, listings and the hypervisor's text, changed, cut and one behind the other;
// read for all that they say, put together, and judged.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { caseOf, Devices, deskOf, joinedParts, momentOfTestimony, readTestimonies } from '../../src/doctor/index.ts'
import { knownText } from '../../src/evidence/known-texts.ts'
import { readStatements } from '../../src/evidence/read.ts'
import type { Random } from '../../src/scenario/file/index.ts'
import { mutateText, pick } from './mutate.ts'

const FOLDERS = ['test/evidence/hung/guest', 'test/evidence/hung/host', 'test/testimony/inputs', 'test/hypervisor']
const WORDS = [
  '{',
  '}',
  ' = ',
  '0x',
  '<repeats 9999999 times>',
  '> ',
  '(XEN) ',
  '[1/0/',
  'nr_ents',
  'vdevice',
  'rsp_prod',
  '-1',
  '4294967296',
  '\n',
  '\r\n',
  '\0',
  '\t',
]

let seeds: readonly string[] | undefined

function texts(): readonly string[] {
  seeds ??= FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  )
  return seeds
}

export function incidents(random: Random): void {
  const inputs = Array.from({ length: 1 + random.below(3) }, () => mutateText(random, pick(random, texts()), WORDS))
  const devices = new Devices()
  const statements = inputs.flatMap((text, i) => readStatements(`${i}.txt`, text).statements)
  for (const [i, text] of inputs.entries()) {
    knownText(text)
    for (const testimony of readTestimonies(text).testimonies)
      devices.addPart(momentOfTestimony(testimony, { source: `${i}.txt`, within: `${i}.txt` }))
  }
  const { places } = deskOf(devices.finish(), statements, joinedParts(devices.parts))
  for (const place of places) if (caseOf(place, 5).verdicts.length === 0) throw new Error('a device without a verdict')
}
