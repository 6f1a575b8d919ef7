// The SARIF of every hostile dump, and of real ones, is valid against OASIS's schema, and says what the findings say.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { RULES } from '../../src/check/index.ts'
import { sarifClose, sarifOpen, sarifResult } from '../../src/commands/check/sarif.ts'
import { run } from '../support/in-process.ts'
import { checkFolder, dumps } from './run-check.ts'

const root = join(import.meta.dirname, '../..')
const schemaText = gunzipSync(readFileSync(join(root, 'test/support/sarif-schema-2.1.0.json.gz')))
const ajv = new Ajv({ strict: false, allErrors: true })
// Published as CommonJS, whose default is a property under Node.
;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
const validate = ajv.compile(JSON.parse(schemaText.toString()))

interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly locations: {
    readonly physicalLocation: { artifactLocation: { uri: string }; region: { byteOffset: number; byteLength: number } }
  }[]
}

interface Log {
  readonly runs: {
    readonly tool: { driver: { rules: { id: string }[] } }
    readonly results: Result[]
    readonly invocations: unknown[]
  }[]
}

function valid(text: string): Log {
  const log = JSON.parse(text)
  validate(log)
  expect(validate.errors ?? []).toEqual([])
  return log as Log
}

function sarif(...args: string[]): { readonly status: number; readonly log: Log } {
  const { exit, stdout } = run({ args: ['check', '--sarif', ...args] })
  return { status: exit, log: valid(stdout) }
}

test('the schema is the one that the README of test/support names', () => {
  const readme = readFileSync(join(root, 'test/support/README.md'), 'utf8')
  expect(readme).toContain(createHash('sha256').update(schemaText).digest('hex'))
  expect(validate({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false)
})

const folders = [
  ...readdirSync(join(dumps, 'hostile'), { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [`hostile/${e.name}`] : [])),
  ...['direct', 'series', 'multi-queue', '64k-split-pair'],
]

test.each(folders)('%s', (name) => {
  const findings = checkFolder(join(dumps, name))
  const results = findings.map((finding) => JSON.stringify(sarifResult(finding, RULES)))
  const { runs } = valid(sarifOpen(RULES, '1.2.3') + results.join() + sarifClose(true))
  const [{ tool, results: written }] = runs as [Log['runs'][0]]
  expect(written.map((r) => [r.ruleId, r.level])).toEqual(findings.map(({ rule }) => [rule.id, rule.severity]))
  for (const { ruleId, ruleIndex, locations } of written) {
    expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    const { byteOffset, byteLength } = locations[0]!.physicalLocation.region
    expect(byteOffset >= 0 && byteLength > 0).toBe(true)
  }
})

test('the command prints it, and its exit code is that of the findings', () => {
  const { status, log } = sarif('dumps/hostile/split-gap', 'dumps/direct')
  expect(status).toBe(1)
  expect(log.runs[0]!.results.map((r) => r.ruleId)).toEqual(['split-gap'])
  expect(log.runs[0]!.results[0]!.locations[0]!.physicalLocation).toEqual({
    artifactLocation: { uri: 'dumps/hostile/split-gap/ring.bin' },
    region: { byteOffset: 0xc0, byteLength: 1 },
  })
  expect(log.runs[0]!.invocations).toEqual([{ executionSuccessful: true }])
  expect(sarif('dumps/direct')).toMatchObject({ status: 0, log: { runs: [{ results: [] }] } })
})

test('an input that cannot be read shows in the log too', () => {
  const { status, log } = sarif('dumps/nowhere', 'dumps/direct')
  expect(status).toBe(2)
  expect(log.runs[0]!.invocations).toEqual([{ executionSuccessful: false }])
})
