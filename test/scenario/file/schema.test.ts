// The published schema and the reference page are those of the table, and the schema takes what `generate` takes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as yaml from 'yaml'
import { generatedFiles } from '../../../scripts/scenario-docs.ts'
import { scenarioJsonSchema, scriptOf } from '../../../src/scenario/file/index.ts'
import { STEPS } from '../../../src/scenario/file/step-table.ts'
import { scenarioNames, scenarioText } from '../player/scenario-files.ts'

test.each([...generatedFiles()])('%s is current (npm run scenario-docs)', (path, text) => {
  expect(readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')).toBe(text)
})

interface Keywords {
  readonly type?: string
  readonly anyOf?: readonly Keywords[]
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
  readonly items?: Keywords | false
  readonly prefixItems?: readonly Keywords[]
  readonly properties?: Readonly<Record<string, Keywords>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Keywords | false
}

/** As much of a validator of JSON schemas as this schema needs. */
function accepts(s: Keywords, value: unknown): boolean {
  const list = Array.isArray(value)
  const map = typeof value === 'object' && value !== null && !list
  if (s.anyOf && !s.anyOf.some((one) => accepts(one, value))) return false
  if (s.enum && !s.enum.includes(value)) return false
  switch (s.type) {
    case 'integer':
      return Number.isInteger(value) && inRange(s, value as number)
    case 'string':
      return typeof value === 'string' && new RegExp(s.pattern ?? '').test(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'array':
      return list && acceptsItems(s, value)
    case 'object':
      return map && acceptsMap(s, value as Record<string, unknown>)
    default:
      return true
  }
}

function inRange(s: Keywords, value: number): boolean {
  return value >= (s.minimum ?? value) && value <= (s.maximum ?? value) && value % (s.multipleOf ?? 1) === 0
}

function acceptsItems(s: Keywords, items: readonly unknown[]): boolean {
  const prefix = s.prefixItems
  if (prefix) return items.length === prefix.length && prefix.every((one, i) => accepts(one, items[i]))
  return items.every((item) => accepts(s.items || {}, item))
}

function acceptsMap(s: Keywords, value: Readonly<Record<string, unknown>>): boolean {
  const properties = s.properties ?? {}
  const others = s.additionalProperties
  const required = s.required ?? []
  return (
    required.every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, item]) =>
      properties[key] ? accepts(properties[key], item) : others && accepts(others, item),
    )
  )
}

const schema: Keywords = scenarioJsonSchema()

test.each(scenarioNames)('the schema takes test/scenarios/%s.yaml', (name) => {
  expect(accepts(schema, yaml.parse(scenarioText(name)))).toBe(true)
})

test.each(Object.entries(STEPS).map(([key, { example }]) => [key, example]))('the example of %s is one: %s', (_, example) => {
  const file = { unchecked: true, steps: yaml.parse(`- ${example}`) }
  expect(accepts(schema, file)).toBe(true)
  expect([...scriptOf(file).steps]).not.toEqual([])
})

test.each([
  { driver: 'moder' },
  { drvier: 'modern' },
  { ring_pages: 3 },
  { handle: 70000 },
  { handle: 1.5 },
  { steps: [{ raed: {} }] },
  { steps: [{ read: {}, write: {} }] },
  { steps: ['raed'] },
  { steps: [{ read: { sector: '4KK' } }] },
  { steps: [{ read: { segments: [[1, 2]] } }] },
  { free_list: [[8]] },
])('neither the schema nor generate takes %j', (file) => {
  expect(accepts(schema, file)).toBe(false)
  expect(() => scriptOf(file)).toThrow()
})
