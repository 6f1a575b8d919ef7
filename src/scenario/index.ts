/**
 * Scenario files, traces of the block layer and recorded vectors to scripts, the `Player` that runs them on the emulated driver, and
 * the files of the dump folder that it leaves.
 * @module
 */

export {
  type AnswerStep,
  fileOfScenario,
  MadeSteps,
  type PlainScenario,
  parseScenarioText,
  type RecoverStep,
  ScenarioError,
  type Script,
  type ScriptStep,
  scenarioJsonSchema,
  scriptOf,
  type WorkloadStep,
  type YamlLibrary,
} from './file/index.ts'
export {
  type DumpFile,
  type ExplainedGrant,
  type ExplainedRequest,
  explainRequest,
  folderFiles,
  type Played,
  Player,
  ringFiles,
  SnapshotFiles,
  stepsOfTrace,
  xenstoreText,
} from './player/index.ts'
export { type BlockTrace, parseBlockTrace, type RequestEvent, TraceError } from './trace/index.ts'
export { scenarioOf, type Vector, VectorError, vectorOf } from './vector.ts'
