// docs/driver-bugs.md: every scenario in it does what the lines behind it say, and what `--explain` does not show of some.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RULES } from '../../../src/check/index.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { x86_64 } from '../../../src/codec/struct/abi.ts'
import { explainHeader } from '../../../src/commands/generate/explain-text.ts'
import { recoveryText } from '../../../src/commands/generate/recovery-text.ts'
import { plainStyle } from '../../../src/print/style.ts'
import { parseScenarioText, ScenarioError, scriptOf } from '../../../src/scenario/file/index.ts'
import { explainRequest, folderFiles, Player } from '../../../src/scenario/player/index.ts'
import { explainedText } from '../../support/explained-text.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/driver-bugs.md'), 'utf8')
const faults = page
  .split(/^### /m)
  .slice(1)
  .map((text) => ({
    title: text.slice(0, text.indexOf('\n')),
    scenario: /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '',
    lines: (/```text\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '').split('\n'),
  }))

async function playerOf(scenario: string): Promise<Player> {
  return new Player(scriptOf(await parseScenarioText(scenario, () => import('yaml'))))
}

/** What `generate --explain` prints, but for the sum, in which the driver's death is said again. */
async function explained(scenario: string): Promise<string> {
  let text = ''
  const player = await playerOf(scenario)
  const { emulator, script } = player
  for (const played of player.play()) {
    if (played.type === 'connected')
      text += explainHeader(script.config, emulator.frontend.ring.geometry.nr_ents, played.outcome, plainStyle)
    if (played.type !== 'step') continue
    const { outcome } = played
    const isNew = (outcome.type === 'submit' || outcome.type === 'queueRq') && !played.again
    if (isNew) text += explainedText(explainRequest(emulator, outcome, played.idle))
    text += recoveryText(outcome, plainStyle)
  }
  const { fatal, ring } = emulator.frontend
  const { req_prod, req_event, rsp_prod, rsp_event } = decodeRing(ring.bytes, ring.geometry.abi).sring
  text += fatal ? `the driver dies: ${fatal.reason}\n` : ''
  return `${text}req_prod ${req_prod}, req_event ${req_event}, rsp_prod ${rsp_prod}, rsp_event ${rsp_event}\n`
}

test.each(faults)('$title', async ({ scenario, lines }) => {
  const text = await explained(scenario).catch((error: unknown) => {
    if (!(error instanceof ScenarioError)) throw error
    return error.message
  })
  for (const line of lines) {
    // The sum counts what the other lines show one by one.
    const said = line.replace(/^(connect|steps\[\d+\]): /, '').replace(/^\d+ requests? in \d+ slots?, \d+ answered; /, '')
    expect(text).toContain(said)
  }
})

test('every fault has a scenario and says how a ring shows it; the rules it names exist', () => {
  expect(faults.length).toBeGreaterThan(15)
  expect(page.match(/^\*\*On a ring:\*\* /gm)).toHaveLength(faults.length)
  expect(page.match(/^```yaml$/gm)).toHaveLength(faults.length)
  const named = [...page.matchAll(/`([a-z]+(?:-[a-z]+){1,3})`/g)].map(([, name]) => name!)
  const others = ['extra-req', 'feature-discard', 'never-used']
  expect(named.filter((name) => !others.includes(name) && !RULES.some(({ id }) => id === name))).toEqual([])
})

const scenarioOf = (title: string) => faults.find((fault) => fault.title === title)!.scenario

test('the merged status stands in the response that the backend wrote', async () => {
  const player = await playerOf(scenarioOf('The merged status is written into the shared ring'))
  const statuses: number[][] = []
  for (const played of player.play()) {
    if (played.type !== 'step') continue
    const { slots } = decodeRing(player.emulator.frontend.ring.bytes, x86_64)
    statuses.push(slots.flatMap((slot) => (slot.state === 'response' ? [slot.response.status] : [])))
  }
  expect(statuses.slice(-2)).toEqual([
    [-1, 0],
    [-1, -1],
  ])
})

test('XenStore says that the new backend cannot discard', async () => {
  const scenario = scenarioOf('Discards go on to a backend without them')
  const plain = await parseScenarioText(scenario, () => import('yaml'))
  const player = new Player(scriptOf(plain))
  for (const _ of player.play());
  const files = new Map([...folderFiles(player, plain as never)].map(({ name, content }) => [name, String(content)]))
  expect(files.get('xenstore.txt')).toMatch(/\/feature-discard = "0"$/m)
})

test('a bio whose first part fails ends without an error', async () => {
  const player = await playerOf(scenarioOf('The error of a part is forgotten'))
  const ended = [...player.play()].flatMap((played) =>
    played.type === 'step' && played.outcome.type === 'interrupt' ? [played.outcome] : [],
  )
  expect(ended.flatMap(({ bioEnd }) => bioEnd)).toEqual([expect.objectContaining({ error: 0 })])
  expect(ended.flatMap(({ completed }) => completed.map(({ error }) => error !== 0))).toEqual([true, false])
})
