// Scenario files of test/scenarios, and running them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as yaml from 'yaml'
import { parseScenarioText, scriptOf } from '../../../src/scenario/file/index.ts'
import { type Played, Player } from '../../../src/scenario/player/index.ts'

const FOLDER = join(import.meta.dirname, '../../scenarios')

export const scenarioNames = readdirSync(FOLDER).map((name) => name.replace(/\.yaml$/, ''))

export function scenarioText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')
}

export const loadYaml = async () => yaml

/** Runs a scenario of text or of a plain value to its end. */
export async function play(scenario: string | object): Promise<{ player: Player; played: Played[] }> {
  const plain = typeof scenario === 'string' ? await parseScenarioText(scenario, loadYaml) : scenario
  const player = new Player(scriptOf(plain))
  const played = [...player.play()]
  return { player, played }
}
