// A scenario played again, for how the requests were cut that are on its rings.
import { type PlainScenario, parseScenarioText, ScenarioError, scriptOf } from '../file/index.ts'
import { type ExplainedRequest, explainRequest } from './explain.ts'
import { MAX_MOMENT_BYTES, type Parts } from './folder-of-text.ts'
import { Player } from './play.ts'

/** A ring as a scenario leaves it: at its end, or where the guest is suspended. */
export interface PlayedRing {
  readonly bytes: Uint8Array
  /** Those whose slots no later request has taken, in the order in which they were sent. */
  readonly requests: readonly ExplainedRequest[]
}

/**
 * @param room bytes that its moments may take together
 * @throws ScenarioError, also of one that takes more; and what the parser of YAML throws
 */
export async function ringsPlayed(
  text: string,
  { yaml }: Pick<Parts, 'yaml'>,
  room: number = MAX_MOMENT_BYTES,
): Promise<PlayedRing[]> {
  const plain = (await parseScenarioText(text, yaml)) as PlainScenario
  const player = new Player(scriptOf(plain))
  const { emulator } = player
  const played: PlayedRing[] = []
  /** Of each queue, by the slot. */
  let bySlot: Map<number, ExplainedRequest>[] = []
  let kept = 0
  const keep = () => {
    for (const [queue, { bytes }] of emulator.frontend.rings.entries()) {
      kept += bytes.length
      if (kept > room) throw new ScenarioError('', `its moments take more than ${room} bytes`)
      played.push({ bytes: bytes.slice(), requests: [...new Set(bySlot[queue]?.values())] })
    }
  }
  for (const step of player.play()) {
    if (step.type !== 'step') continue
    const { outcome } = step
    if (outcome.type === 'suspend') keep()
    if (outcome.type === 'reconnect') bySlot = []
    if ((outcome.type !== 'submit' && outcome.type !== 'queueRq') || outcome.result !== 'queued') continue
    const own = bySlot[outcome.queue] ?? new Map<number, ExplainedRequest>()
    bySlot[outcome.queue] = own
    const explained = explainRequest(emulator, outcome, step.idle)
    for (const slot of outcome.slots) {
      own.delete(slot)
      own.set(slot, explained)
    }
  }
  keep()
  return played
}
