// Findings as SARIF 2.1.0 (OASIS), a result at a time, so that a long series is never whole in memory. A ring is a binary
// artifact: its regions are bytes, and what names the slot is a logical location.

import type { CheckFinding, Rule } from '../../check/index.ts'
import { jsonText } from '../../print/printable.ts'
import type { Json } from '../../rows/ring-json.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/** What stands before the results. @param version of this package */
export function sarifOpen(rules: readonly Rule[], version: string): string {
  const driver = { name: 'blkring', version, rules: rules.map(ruleJson) }
  return `{\n"$schema": ${jsonText(SCHEMA)},\n"version": "2.1.0",\n"runs": [{\n"tool": ${jsonText({ driver }, 1)},\n"results": [`
}

/** @param rules those that `sarifOpen` got */
export function sarifResult({ rule, message, slot, offset, decoded }: CheckFinding, rules: readonly Rule[]): Json {
  const { source, queue, bytes } = decoded.capture
  // A ring of a file that holds one after another is a part of that file.
  const place = /^(.*)\[(\d+)\]$/s.exec(source)
  const file = place?.[1] ?? source
  const start = Number(place?.[2] ?? 0) * bytes.length
  const region =
    offset === undefined ? { byteOffset: start, byteLength: bytes.length } : { byteOffset: start + offset, byteLength: 1 }
  const names = [
    queue === undefined ? [] : [`queue ${queue}`],
    place ? [`ring ${place[2]}`] : [],
    slot === undefined ? [] : [`slot ${slot}`],
  ]
  const fullyQualifiedName = names.flat().join('/')
  return {
    ruleId: rule.id,
    ruleIndex: rules.indexOf(rule),
    level: rule.severity,
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region },
        ...(fullyQualifiedName ? { logicalLocations: [{ fullyQualifiedName, kind: 'element' }] } : {}),
      },
    ],
  }
}

/** @param complete every input could be read */
export function sarifClose(complete: boolean): string {
  return `],\n"invocations": [${jsonText({ executionSuccessful: complete })}]\n}]\n}\n`
}

function ruleJson({ id, severity, summary, source, explain }: Rule): Json {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: explain.means },
    help: { text: `${explain.why} ${explain.todo} Source: ${source}.` },
    defaultConfiguration: { level: severity },
  }
}

/** A relative reference: a colon in its first segment would read as a scheme. */
function uriOf(path: string): string {
  if (path === '-') return 'stdin'
  return path.split('/').map(encodeURIComponent).join('/')
}
