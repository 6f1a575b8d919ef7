// What is printed from the table of scenario files: its JSON schema and its reference page.
import { scenarioJsonSchema, scenarioReference } from '../src/scenario/file/index.ts'

/** Contents by path below the repository's root. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['schema/scenario.schema.json', `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`],
    ['docs/scenario.md', scenarioReference()],
  ])
}
