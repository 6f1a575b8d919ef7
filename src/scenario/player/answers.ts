// The answers of a step: which of the requests that wait it chooses, and what the backend writes for each.
import type { Frontend, RespondStep, TakenRequest } from '../../blkfront/index.ts'
import { type AnswerStep, type Random, ScenarioError } from '../file/index.ts'
import { verdictOn } from './verdict-on.ts'

/** A request that the backend took and has not answered. */
export interface WaitingAnswer {
  readonly request: TakenRequest
  /** Of the scenario's requests; undefined for one that no step asked for. */
  readonly serial: number | undefined
  readonly queue: number
}

/** What answers are chosen from, and whom they are for. */
export interface Answering {
  readonly waiting: readonly WaitingAnswer[]
  /** Queues of the device. */
  readonly allQueues: number
  /** The scenario is to be hostile: a request may be answered twice. */
  readonly unchecked: boolean
  readonly frontend: Frontend
}

type AnswerAt = AnswerStep & { readonly path: string }

/** The requests that the step answers, in the order of their answers. @throws ScenarioError where there are none, or fewer */
export function chosenFor(step: AnswerAt, answering: Answering): readonly WaitingAnswer[] {
  const { path, requests, order, count, random, roundTrip, queues } = step
  const { unchecked, allQueues } = answering
  const isOfAll = queues.length === allQueues
  const waiting = isOfAll ? answering.waiting : answering.waiting.filter(({ queue }) => queues.includes(queue))
  if (!unchecked) {
    refuseTwice(requests ?? [], 'request', `${path}.requests`)
    if (typeof order !== 'string') refuseTwice(order, 'position', `${path}.order`)
  }
  if (requests) return ofSerials(requests, `${path}.requests`, answering)
  if (waiting.length === 0)
    throw new ScenarioError(
      path,
      roundTrip ? 'no request is in flight' : 'no request waits for an answer: the backend takes them at consume',
    )
  if (typeof order !== 'string') {
    const beyond = order.findIndex((position) => position >= waiting.length)
    if (beyond >= 0)
      throw new ScenarioError(`${path}.order[${beyond}]`, `there is no position ${order[beyond]} among ${waiting.length} waiting`)
    return order.slice(0, count).map((position) => waiting[position]!)
  }
  if (count !== undefined && count > waiting.length)
    throw new ScenarioError(`${path}.count`, `${count} is more than the ${waiting.length} that wait`)
  return waitingInOrder(waiting, order, random()).slice(0, count)
}

/** @returns undefined where the backend that is named gives none */
export function responseTo(
  waiting: WaitingAnswer,
  { backend, ...step }: AnswerStep,
  { frontend }: Answering,
): RespondStep | undefined {
  if (backend === undefined) return plainResponse(waiting, step, frontend)
  const answer = verdictOn(waiting.request, frontend, waiting.queue, backend)
  return answer && { ...plainResponse(waiting, { ...step, status: answer.status }, frontend), operation: answer.operation }
}

/** The response with an id that the step names, whether a request waits for it or not. */
export function oneResponse(step: AnswerAt, id: bigint, queue: number, { waiting, frontend }: Answering): RespondStep {
  const asked = step.raw ? undefined : waiting.find((w) => w.queue === queue && w.request.id === id)
  const { mapped, operation } = asked ? plainResponse(asked, step, frontend) : { mapped: [], operation: 0 }
  const exact = typeof step.stillMapped === 'object' ? step.stillMapped : mapped
  const { status, raw } = step
  return { type: 'respond', id, operation: step.operation ?? operation, status, mapped: exact, raw, queue }
}

/** What a step says of an answer. */
type PlainAnswer = Pick<AnswerStep, 'status' | 'stillMapped'>

/** What a scripted backend answers: that status, with these grants kept mapped. */
export function plainResponse(
  { request, queue }: WaitingAnswer,
  { status, stillMapped }: PlainAnswer,
  { config }: Frontend,
): RespondStep {
  const grefs = [...request.grefs, ...request.indirect_grefs]
  const keep = stillMapped ?? config.persistent
  const mapped = typeof keep === 'boolean' ? (keep ? grefs : []) : grefs.filter((gref) => keep.includes(gref))
  return { type: 'respond', id: request.id, operation: request.dataOp, status, mapped, raw: false, queue }
}

/** A split request has two entries. */
function ofSerials(serials: readonly number[], path: string, { waiting }: Answering): readonly WaitingAnswer[] {
  const bySerial = new Map<number, WaitingAnswer[]>()
  for (const one of waiting) {
    if (one.serial === undefined) continue
    const same = bySerial.get(one.serial)
    if (same) same.push(one)
    else bySerial.set(one.serial, [one])
  }
  return serials.flatMap((serial, i) => {
    const found = bySerial.get(serial)
    if (!found) throw new ScenarioError(`${path}[${i}]`, `request ${serial} does not wait for an answer`)
    return found
  })
}

/** Those that wait, in that order: a copy. */
export function waitingInOrder(
  waiting: readonly WaitingAnswer[],
  order: 'in-order' | 'reverse' | 'random',
  random: Random,
): WaitingAnswer[] {
  if (order === 'random') return random.shuffle(waiting)
  return order === 'reverse' ? [...waiting].reverse() : [...waiting]
}

/** Refuses to answer a request twice, unless the scenario is to be hostile. */
function refuseTwice(numbers: readonly number[], noun: string, path: string): void {
  const seen = new Set<number>()
  for (const [i, n] of numbers.entries()) {
    if (seen.has(n)) throw new ScenarioError(`${path}[${i}]`, `${noun} ${n} is answered twice`)
    seen.add(n)
  }
}
