// From what is known of one device to what is wrong with it.

import { BLKIF_OP_FLUSH_DISKCACHE } from '../../codec/xen/blkif.ts'
import type { Statement } from '../../evidence/statement.ts'
import { connectionOf } from '../../xenstore/connection.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { connectionVerdict } from '../connecting/connecting.ts'
import { diagnoseHistory, type RingDiagnosis } from '../diagnosis.ts'
import { History } from '../history.ts'
import type { PartOfMoment } from '../moment.ts'
import { type NextStep, nextSteps } from '../next-steps.ts'
import { diagnosePart } from '../part.ts'
import { supposedSlots } from '../supposed-slots.ts'
import { compareVerdicts, type Verdict } from '../verdict.ts'
import { type KnownDevice, placeName } from './places.ts'
import { weigh } from './weigh.ts'
import { type Remark, type RingSums, Weighing } from './weighing.ts'

/** One device: its rings, and what was said of it beside them. */
export interface DeviceCase {
  /** What it is called; undefined where only its ring is known. */
  readonly name: string | undefined
  /** One a queue; none where no ring of it is at hand. */
  readonly diagnoses: readonly RingDiagnosis[]
  /** The main verdict first; of several queues those of the worst. */
  readonly verdicts: readonly Verdict[]
  readonly remarks: readonly Remark[]
  readonly xenstore: XenstoreNodes | undefined
  /** What to look at next. */
  readonly next: readonly NextStep[]
}

/** @param interval seconds from one moment to the next, where known */
export function caseOf(place: KnownDevice, interval?: number): DeviceCase {
  const { queues, parts, statements, nodes } = place
  const remarks: Remark[] = place.contradictions.map((one) => ({ ...one, contradicts: true }))
  const whole = queues.map((history) => diagnoseHistory(history, interval, nodes))
  const taken = new Set(whole.map(({ last }) => last.queue))
  const partly = parts.flatMap((part) =>
    taken.has(part.queue) ? [] : (diagnosed({ ...part, xenstore: part.xenstore ?? nodes }, interval) ?? []),
  )
  const rings: readonly RingDiagnosis[] = [...whole, ...partly]
  const several = rings.length > 1
  const judged = rings.map((diagnosis) => {
    const { queue } = diagnosis.last
    const own = statements.filter((one) => {
      const { of } = one
      if (!several) return of.queue === undefined || of.queue === (queue ?? 0)
      return of.queue === queue || isOfDevice(one)
    })
    return weighed({ diagnosis, statements: own, nodes }, remarks)
  })
  const rest =
    several || rings.length === 0
      ? statements.filter(
          (one) =>
            !(several && isOfDevice(one)) && rings.every(({ last: { queue } }) => one.of.queue !== queue || queue === undefined),
        )
      : []
  const apart = new Weighing(rings.length === 0 ? verdictsOfStates(nodes) : [], sumsOf(judged))
  weigh(rest, apart)
  remarks.push(...apart.remarks)
  const verdicts = judged.length > 0 ? worstOf(judged) : apart.verdicts.length > 0 ? apart.verdicts : [notShown(nodes)]
  return {
    name: placeName(place),
    diagnoses: judged,
    verdicts,
    remarks,
    xenstore: nodes,
    next: judged.length > 0 ? judged.find((d) => d.verdicts === verdicts)!.next : nextSteps(verdicts[0]!.verdict, nodes),
  }
}

/** What kernels and storage say without a queue is of all queues. */
function isOfDevice({ kind, of }: Statement): boolean {
  return of.queue === undefined && (kind === 'message' || kind === 'storage')
}

/** By all indices of the page where they are there, else by those that are. */
function diagnosed(part: PartOfMoment, interval: number | undefined): RingDiagnosis | undefined {
  const moment = supposedSlots(part, part.xenstore)
  if (!moment) return diagnosePart(part)
  const whole = diagnoseHistory(new History(moment), interval, part.xenstore)
  return moment.isMostSlots ? { ...whole, last: { ...whole.last, nr_ents: undefined } } : whole
}

function worstOf(diagnoses: readonly RingDiagnosis[]): readonly Verdict[] {
  return [...diagnoses].sort((a, b) => compareVerdicts(a.verdicts[0]!, b.verdicts[0]!))[0]!.verdicts
}

interface Weighed {
  readonly diagnosis: RingDiagnosis
  readonly statements: readonly Statement[]
  readonly nodes: XenstoreNodes | undefined
}

function weighed({ diagnosis, statements, nodes }: Weighed, remarks: Remark[]): RingDiagnosis {
  if (statements.length === 0) return diagnosis
  const w = new Weighing(diagnosis.verdicts, sumsOf([diagnosis]))
  weigh(statements, w)
  // What is of the device is said once, whatever ring it was held against.
  for (const remark of w.remarks)
    if (!remarks.some(({ text, source }) => text === remark.text && source === remark.source)) remarks.push(remark)
  const { verdicts } = w
  const same = verdicts[0]?.verdict === diagnosis.verdicts[0]?.verdict
  return { ...diagnosis, verdicts, ...(same ? {} : { next: nextSteps(verdicts[0]!.verdict, diagnosis.last.xenstore ?? nodes) }) }
}

function sumsOf(diagnoses: readonly RingDiagnosis[]): RingSums | undefined {
  if (diagnoses.length === 0) return undefined
  let [outstanding, untaken, unseenAtLeast, unseenAtMost, flushes, nr_ents] = [0, 0, 0, 0, 0, 0]
  let shown = true
  for (const { owes, last } of diagnoses) {
    if (owes.answers === undefined || !owes.untaken || !owes.unseen) return undefined
    outstanding += owes.answers
    untaken += owes.untaken.atMost
    unseenAtLeast += owes.unseen.atLeast
    unseenAtMost += owes.unseen.atMost
    nr_ents += last.nr_ents ?? Number.POSITIVE_INFINITY
    if (!last.shown) shown = false
    for (const slot of last.shown?.ring.slots ?? [])
      if (slot.state === 'request' && slot.answered !== 'yes' && slot.request.operation === BLKIF_OP_FLUSH_DISKCACHE) flushes++
  }
  return { outstanding, untaken, unseenAtLeast, unseenAtMost, flushes: shown ? flushes : undefined, nr_ents }
}

/** What a listing alone says: who is not connected. */
function verdictsOfStates(nodes: XenstoreNodes | undefined): Verdict[] {
  const verdict = connectionVerdict(nodes)
  return verdict ? [verdict] : []
}

/** What the states of both ends say of a device that is not known to be unconnected: a sentence, and a space. */
function statesText(nodes: XenstoreNodes | undefined): string {
  if (!nodes) return ''
  const { frontend, backend, state } = connectionOf(nodes)
  if (frontend === undefined && backend === undefined) return 'No input has the states of its two ends. '
  if (frontend === undefined) return `The backend is in state ${backend}; the frontend's state is in no input. `
  if (backend === undefined) return `The frontend is in state ${frontend}; the backend's state is in no input. `
  return state === 'connected' ? 'Both ends are connected. ' : ''
}

/** Nothing that was said is a sign of anything wrong, and nothing shows the ring. */
function notShown(nodes: XenstoreNodes | undefined): Verdict {
  return {
    verdict: 'not-shown',
    problem: false,
    sureness: 'may',
    text: `${statesText(nodes)}No input shows the ring: whether requests wait on it, and for whom, cannot be told.`,
    causes: [],
  }
}
