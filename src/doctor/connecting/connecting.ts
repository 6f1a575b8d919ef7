// What XenStore says of two ends that are not connected: whose turn it is, what it waits for, and what to look at next.
import { XENBUS_STATES } from '../../codec/xen/xenbus.ts'
import { connectionOf } from '../../xenstore/connection.ts'
import { errorFolder, isQdisk, isTapdisk, parseBackendPath } from '../../xenstore/names.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { type NextStep, type StepNames, stepNames } from '../step.ts'
import type { Verdict } from '../verdict.ts'
import { type Lack, lacksOf } from './lacks.ts'
import { type Stage, stageOf, type Turn } from './stages.ts'

interface Connecting {
  readonly stage: Stage
  readonly lacks: readonly Lack[]
  /** Who has to do the next step. */
  readonly turn: Turn
}

/**
 * What keeps a device from being connected, by XenStore alone; undefined where both ends are connected, or nothing is known of them.
 * @param lost what becomes of the ring, a sentence behind a space
 */
export function connectionVerdict(nodes: XenstoreNodes | undefined, lost = ''): Verdict | undefined {
  const known = connectingOf(nodes)
  if (!nodes || !known) return undefined
  const { state, frontend, backend } = connectionOf(nodes)
  const { stage, lacks, turn } = known
  // A frontend that reads the disk and goes on, or does its I/O in that state.
  if (state === 'half' && lacks.length === 0) return undefined
  const states = `XenStore has the frontend's state ${frontend ?? 'missing'}, the backend's ${backend ?? 'missing'}.`
  const errors = errorTexts(nodes)
  const said = [...errors, ...lacks.map(({ text }) => text)]
  const whole =
    said.length === 0 && nodes.frontend.has('device-type') && nodes.backend.size > 0
      ? ' Nothing that XenStore shows is missing.'
      : ''
  return {
    verdict: 'not-connected',
    problem: true,
    sureness: 'likely',
    text: `The device is ${state === 'closed' ? 'closed or closing' : 'not connected yet'}: ${states} ${stage.means} ${[...said, ''].join(' ')}It is the turn of the ${turn}.${whole}${lost}`,
    causes: causesOf(nodes, known),
  }
}

/** What to look at where a device is not connected. */
export function connectionSteps(nodes: XenstoreNodes | undefined): NextStep[] {
  const names = stepNames(nodes)
  const known = connectingOf(nodes)
  const missing = nodes ? missingEnds(nodes, names) : [listing(names)]
  const steps = known ? STEPS[known.turn](names) : [...STEPS.toolstack(names), ...STEPS.frontend(names)]
  return [...missing, ...steps].filter((step, i, all) => all.findIndex(({ command }) => command === step.command) === i)
}

function connectingOf(nodes: XenstoreNodes | undefined): Connecting | undefined {
  const { state } = connectionOf(nodes)
  if (!nodes || state === 'unknown' || state === 'connected') return undefined
  const [front, back] = [digit(nodes.frontend), digit(nodes.backend)]
  const stage = stageOf(front, back)
  if (!stage) return undefined
  const lacks = lacksOf(nodes, front, back)
  return { stage, lacks, turn: lacks[0]?.turn ?? stage.turn }
}

function digit(end: ReadonlyMap<string, string>): string | undefined {
  const state = end.get('state')
  return state !== undefined && /^[1-8]$/.test(state) && XENBUS_STATES[Number(state)] !== undefined ? state : undefined
}

function errorTexts({ errors }: XenstoreNodes): string[] {
  const ends = [
    ['frontend', errors?.frontend],
    ['backend', errors?.backend],
  ] as const
  return ends.flatMap(([end, error]) => (error === undefined ? [] : [`The ${end} has left an error: "${error.slice(0, 120)}".`]))
}

/** Where something is known to lack, what may be behind the states alone is not it. */
function causesOf(nodes: XenstoreNodes, { stage, lacks, turn }: Connecting): readonly string[] {
  if (lacks.length > 0 && turn !== stage.turn) return []
  const path = parseBackendPath(nodes.frontend.get('backend'))
  const isOwn = stage.turn === 'backend' && path !== undefined && path.domain === path.backendDomain && isQdisk(nodes)
  return isOwn ? [noQemu(path.domain), ...stage.causes] : stage.causes
}

/** A toolstack starts a QEMU for each guest; the host's own disks need one as well. */
function noQemu(domain: string): string {
  return `no QEMU serves domain ${domain}, which is the backend's own: of domain 0 one that is started with the host (xencommons, qemu-dom0)`
}

const STEPS: Readonly<Record<Turn, (names: StepNames) => NextStep[]>> = {
  toolstack: (names) => [
    { on: 'backend', command: 'tail /var/log/xen/xen-hotplug.log', why: 'what the hotplug script said' },
    { on: 'backend', command: 'tail /var/log/xen/xl-*.log', why: 'what the toolstack waited for' },
    listing(names),
    dmesg('backend', 'errors of the backend'),
  ],
  backend: (names) => [
    errorNodes(names),
    served(names),
    dmesg('backend', 'errors of the backend: a grant that does not map, an image that does not open'),
  ],
  frontend: (names) => [
    {
      on: 'backend',
      command: `xl list ${names.domid}; xl vcpu-list ${names.domid}`,
      why: 'whether the guest runs: state p is paused, c crashed',
    },
    { on: 'backend', command: `xl console ${names.domid}`, why: 'how far the guest has come, and what its driver says' },
    dmesg('guest', 'errors of the frontend (blkfront, vbd, xenbus)'),
    listing(names),
  ],
}

function dmesg(on: 'backend' | 'guest', why: string): NextStep {
  return { on, command: 'dmesg -T | tail -50', why }
}

function errorNodes({ backendDomain }: StepNames): NextStep {
  return {
    on: 'backend',
    command: `xenstore-ls -f ${errorFolder(backendDomain)}`,
    why: 'what the backend gave up with, where it did',
  }
}

function listing({ backendPath }: StepNames): NextStep {
  return { on: 'backend', command: `xenstore-ls -f ${backendPath}`, why: 'states, features, hotplug-status and physical-device' }
}

function served({ nodes, domid, dev }: StepNames): NextStep {
  if (isQdisk(nodes) || isTapdisk(nodes))
    return {
      on: 'backend',
      command: 'ps -ef | grep -e qemu -e tapdisk',
      why: `whether one runs for domain ${domid}, and in which state`,
    }
  return {
    on: 'backend',
    command: `lsmod | grep blkback; ls /sys/bus/xen-backend/devices; ps -e | grep -F ${domid}.${dev}`,
    why: 'whether blkback is there and has the device',
  }
}

/** What would show the ends that no input shows. */
export function missingEndSteps(nodes: XenstoreNodes | undefined): NextStep[] {
  return nodes ? missingEnds(nodes, stepNames(nodes)) : []
}

/** The end that the text does not show. */
function missingEnds({ frontend, backend }: XenstoreNodes, { backendPath, frontendPath }: StepNames): NextStep[] {
  const missing = [
    ...(frontend.has('state') ? [] : [{ path: frontendPath, end: 'frontend' }]),
    ...(backend.has('state') ? [] : [{ path: backendPath, end: 'backend' }]),
  ]
  return missing.map(({ path, end }) => ({
    on: 'backend',
    command: `xenstore-ls -f ${path}`,
    why: `the ${end}'s state and nodes, which no input has`,
  }))
}
