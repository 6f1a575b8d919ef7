import { expect } from 'vitest'
import * as yaml from 'yaml'
import { parseScenarioText, ScenarioError, scriptOf } from '../../../src/scenario/file/index.ts'

/** What the text is refused with; undefined where it is not. */
export async function mistakeIn(text: string): Promise<string | undefined> {
  try {
    scriptOf(await parseScenarioText(text, async () => yaml))
    return undefined
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    expect(error.message).not.toMatch(/\n/)
    return error.message
  }
}
