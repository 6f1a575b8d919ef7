// The table as a JSON schema (draft 2020-12), for editors and other tools.
import type { JsonSchema } from '../../print/shape.ts'
import { NUMBER_PATTERN, QUANTITY_PATTERN, SIGNED_PATTERN } from './quantity.ts'
import type { FieldSpec, IntegerSpec, MemberSpec, OneOfSpec, RecordSpec, SpecNode } from './spec.ts'
import { scenarioFile } from './table.ts'

/** The JSON schema of scenario files (draft 2020-12), made of the table that also validates them. */
export function scenarioJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:blkring:scenario',
    title: 'blkring scenario',
    description:
      'What `blkring generate` emulates: a driver, what it agreed on with its backend, and what happens. Made from the table in src/scenario.',
    ...schemaOf(scenarioFile),
  }
}

function schemaOf(spec: SpecNode): JsonSchema {
  switch (spec.kind) {
    case 'integer':
      return integerSchema(spec)
    case 'u64':
      return {
        anyOf: [
          { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          { type: 'string', pattern: QUANTITY_PATTERN },
        ],
      }
    case 'hex':
      return { type: 'string', pattern: '^([0-9a-fA-F]{2})*$', maxLength: 2 * spec.max }
    case 'boolean':
      return { type: 'boolean' }
    case 'choice':
      return { enum: [...spec.options] }
    case 'list':
      return { type: 'array', items: schemaOf(spec.of), maxItems: spec.max }
    case 'tuple':
      return {
        type: 'array',
        description: `[${spec.names.join(', ')}]`,
        prefixItems: spec.of.map(schemaOf),
        items: false,
        minItems: spec.of.length,
      }
    case 'record':
      return recordSchema(spec)
    case 'one-of':
      return oneOfSchema(spec)
    case 'either':
      return { anyOf: spec.of.map(schemaOf) }
    case 'paths':
      return {
        type: 'object',
        minProperties: 1,
        additionalProperties: {
          anyOf: [{ type: 'integer' }, { type: 'string', pattern: QUANTITY_PATTERN }, { type: 'string', pattern: SIGNED_PATTERN }],
        },
      }
  }
}

function integerSchema({ min, max, allowed, multipleOf, suffix }: IntegerSpec): JsonSchema {
  const text = { type: 'string', pattern: suffix ? QUANTITY_PATTERN : min < 0 ? SIGNED_PATTERN : NUMBER_PATTERN }
  if (allowed) return { anyOf: [{ enum: [...allowed] }, text] }
  const multiple = multipleOf === 1 ? {} : { multipleOf }
  return { anyOf: [{ type: 'integer', minimum: min, maximum: max, ...multiple }, text] }
}

function recordSchema({ fields }: RecordSpec): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)])),
    additionalProperties: false,
  }
}

function fieldSchema(field: FieldSpec): JsonSchema {
  const otherwise = field.otherwise === undefined ? '' : ` Without it: ${field.otherwise}.`
  return {
    description: `${field.doc}${otherwise}`,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...schemaOf(field.spec),
  }
}

function oneOfSchema({ members }: OneOfSpec): JsonSchema {
  const entries = Object.entries(members)
  const bare = entries.filter(([, { spec }]) => mayStandAlone(spec)).map(([key]) => key)
  return { anyOf: [...(bare.length > 0 ? [{ enum: bare }] : []), ...entries.map(([key, member]) => memberSchema(key, member))] }
}

function memberSchema(key: string, { spec, doc, example }: MemberSpec): JsonSchema {
  const inner = schemaOf(spec)
  const value = mayStandAlone(spec) ? { anyOf: [inner, { type: 'null' }] } : inner
  return {
    type: 'object',
    properties: { [key]: { description: `${doc} Example: \`${example}\`.`, ...value } },
    required: [key],
    additionalProperties: false,
  }
}

/** The key says enough: every field of its value has a default. */
export function mayStandAlone(spec: SpecNode): boolean {
  if (spec.kind === 'either') return mayStandAlone(spec.of[0]!)
  return spec.kind === 'record'
}
