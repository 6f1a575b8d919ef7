// Which driver the frontend looks like: marks that each leaves in its requests, its events and its XenStore folder. Marks add up to
// a score; drivers share most of them, so that a score is a hint and no more.

import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { FrontendName, Mark, Traces } from './mark.ts'
import type { Moment } from './moment.ts'
import { eventMarks, idMarks, requestMarks } from './ring-marks.ts'

/**
 * A frontend that a ring looks like, with the marks that speak for it and against it. A guess is a hint and no more: drivers share
 * most marks.
 */
export interface DriverGuess {
  readonly driver: FrontendName
  /** Names of the frontends that leave these marks. */
  readonly name: string
  /** Points of the marks together. */
  readonly score: number
  /** What speaks for it, and what against. */
  readonly evidence: readonly string[]
  readonly against: readonly string[]
}

const NAMES: Readonly<Record<FrontendName, string>> = {
  linux: 'Linux xen-blkfront',
  'windows-2014': 'Windows xenvbd of 2014',
  pointers: 'Windows xenvbd, EDK2, U-Boot or mini-os',
  grub: 'GRUB',
  openbsd: 'OpenBSD xbf',
  freebsd: 'FreeBSD or OSv blkfront',
  mirage: 'Mirage mirage-block-xen',
}

/** The frontends that something speaks for, best first. Empty where nothing does. */
export function fingerprint({ shown, xenstore }: Moment): DriverGuess[] {
  const marks = [...xenstoreMarks(xenstore)]
  if (shown && shown.ring.indices === 'possible') {
    const { ring, bytes } = shown
    const requests = ring.slots.filter((s) => s.state === 'request')
    const responses = ring.slots.filter((s) => s.state === 'response')
    const traces: Traces = { ring, bytes, requests, responses }
    marks.push(...idMarks(traces), ...requestMarks(traces), ...eventMarks(traces))
  }
  const drivers = Object.keys(NAMES) as FrontendName[]
  return drivers
    .map((driver) => guess(driver, marks))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
}

function guess(driver: FrontendName, marks: readonly Mark[]): DriverGuess {
  const pointsOf = (mark: Mark) => mark.points[driver] ?? 0
  return {
    driver,
    name: NAMES[driver],
    score: marks.reduce((sum, mark) => sum + pointsOf(mark), 0),
    evidence: marks.filter((mark) => pointsOf(mark) > 0).map(({ seen }) => seen),
    against: marks.filter((mark) => pointsOf(mark) < 0).map(({ seen }) => seen),
  }
}

/** Keys that frontends write; those of the toolstack tell nothing. */
function* xenstoreMarks(xenstore: XenstoreNodes | undefined): Generator<Mark> {
  const has = (key: string) => xenstore?.frontend.has(key) === true
  const limits = ['max-requests', 'max-request-segments', 'max-request-size'].filter(has)
  if (limits.length > 0) yield { seen: `XenStore: it wrote ${limits.join(', ')}`, points: { freebsd: 4 } }
  if (has('num-ring-pages') && has('ring-page-order'))
    yield { seen: 'XenStore: it wrote both num-ring-pages and ring-page-order', points: { freebsd: 2, openbsd: 2, linux: -2 } }
  if (xenstore?.frontend.get('protocol') === 'native') yield { seen: 'XenStore: its protocol is "native"', points: { mirage: 3 } }
  if (has('feature-persistent')) yield { seen: 'XenStore: it wrote feature-persistent', points: { linux: 1, grub: -4 } }
}
