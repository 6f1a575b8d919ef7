// The room's surface: scenario files, from text to something to run.
export { scenarioJsonSchema } from './json-schema.ts'
export { parseScenarioText, type YamlLibrary } from './parse-text.ts'
export { formatQuantity, parseQuantity } from './quantity.ts'
export { Random } from './random.ts'
export { scenarioReference } from './reference.ts'
export { ScenarioError } from './scenario-error.ts'
export {
  type AnswerStep,
  MadeSteps,
  type RecoverStep,
  type Script,
  type ScriptStep,
  scriptOf,
  type WorkloadStep,
} from './script.ts'
export { fileOfScenario, type PlainScenario, plainHeld } from './write-scenario.ts'
