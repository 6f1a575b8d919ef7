// `generate --explain` of a suspend: what was in flight, what the driver tore down, and what became of each request.
import type { StepOutcome } from '../../blkfront/index.ts'
import type { Style } from '../../print/style.ts'
import { count } from '../../print/text.ts'
import { limitNames } from './explain-text.ts'

type Outcome<T extends StepOutcome['type']> = Extract<StepOutcome, { type: T }>

/** Empty of a step that is none of a suspend's. */
export function recoveryText(outcome: StepOutcome, style: Style): string {
  switch (outcome.type) {
    case 'suspend':
      return suspendText(outcome, style)
    case 'resume':
      return resumeText(outcome, style)
    case 'reconnect':
      return reconnectText(outcome, style)
    default:
      return ''
  }
}

function suspendText({ inFlight, unmapped }: Outcome<'suspend'>, style: Style): string {
  const serials = inFlight.length > 0 ? ` (${numbers(inFlight)})` : ''
  return `${style.bold('suspend')}  ${count(inFlight.length, 'request')} in flight${serials}; ${count(unmapped, 'mapping')} gone\n`
}

function resumeText({ rc, ended, grants, rings, ringPages, foreignPages, fatal }: Outcome<'resume'>, style: Style): string {
  const lines = [
    `${style.bold('resume')}  the old ${rings.length > 1 ? 'rings are' : 'ring is'} torn down: ${count(grants.filter(({ op }) => op === 'end').length, 'grant')} ended`,
  ]
  const kept = grants.filter(({ op }) => op === 'deferred').length
  if (kept > 0)
    lines.push(`  ${style.bad(`${count(kept, 'grant')} given up while the backend still maps them: they do not come back`)}`)
  if (foreignPages > 0)
    lines.push(`  ${style.bad(`${count(foreignPages, 'page')} of somebody else freed with the ring: a bug of the seed driver`)}`)
  if (ended.length > 0) lines.push(`  requests ended while their bios go on: ${numbers(ended)}`)
  if (fatal) lines.push(`  ${style.bad(`the driver dies: ${fatal.reason}`)}`)
  else if (rc !== 0) lines.push(`  ${style.bad(`no references for the new ring (${rc}): the device is dead`)}`)
  else
    lines.push(
      `  new ${rings.length > 1 ? 'rings' : 'ring'} of ${count(ringPages, 'page')} at ${rings.map(({ ringGrefs }) => `gref ${ringGrefs.join(' ')}`).join(', ')}`,
    )
  return `${lines.join('\n')}\n`
}

function reconnectText(outcome: Outcome<'reconnect'>, style: Style): string {
  const { limits, ended, requeued, bios, uncovered, lost, config, fatal } = outcome
  const indirect = config.maxIndirectSegments > 0 ? `indirect up to ${config.maxIndirectSegments} segments` : 'no indirect requests'
  const lines = [
    `${style.bold('connected again')}  ${indirect}, ${config.persistent ? 'persistent grants' : 'no persistent grants'}`,
  ]
  lines.push(`  block layer: ${limitNames(limits).join(', ')}`)
  if (ended.length > 0) lines.push(`  requests ended while their bios go on: ${numbers(ended)}`)
  if (requeued.length > 0) lines.push(`  given back whole: ${numbers(requeued)}`)
  const parts = new Map<number, { cut: boolean; parts: number; requests: number }>()
  for (const { bio, split, requests } of bios) {
    const of = parts.get(bio) ?? { cut: split, parts: 0, requests: 0 }
    parts.set(bio, { cut: of.cut || split, parts: of.parts + 1, requests: of.requests + requests.length })
  }
  for (const [bio, { cut, parts: n, requests }] of parts)
    lines.push(
      `  bio of request ${bio}: ${cut ? `cut by the driver into ${count(n, 'part')}, ` : ''}${count(requests, 'request')} of the block layer`,
    )
  for (const { bio, nrSectors } of uncovered)
    lines.push(
      `  ${style.bad(`${count(nrSectors, 'sector')} of the bio of request ${bio} are in none of its parts: they are never transferred, and it ends without an error`)}`,
    )
  if (lost.length > 0) lines.push(`  ${style.bad(`nobody will ever end: ${numbers(lost)}`)}`)
  if (fatal) lines.push(`  ${style.bad(`the driver dies: ${fatal.reason}`)}`)
  return `${lines.join('\n')}\n`
}

function numbers(serials: readonly number[]): string {
  const shown = serials.slice(0, 12).join(' ')
  return serials.length > 12 ? `${shown} and ${serials.length - 12} more` : shown
}
