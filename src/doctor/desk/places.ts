// The devices that inputs tell of, and which of them a statement is about: looked up by what both name, so that many devices cost no
// more each than one.
import type { Statement, Subject } from '../../evidence/statement.ts'
import { deviceName, numbersOf } from '../../xenstore/names.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { eventChannels, queuesOf, ringRefs } from '../../xenstore/queues.ts'
import { vdevName } from '../../xenstore/vdev.ts'
import type { History } from '../history.ts'
import type { PartOfMoment } from '../moment.ts'

/** A device, and what was said of it. */
export interface KnownDevice {
  domid: number | undefined
  vdev: number | undefined
  guest: string | undefined
  /** What its two ends call the disk. */
  readonly disks: Set<string>
  /** What listings say of it, put together. */
  nodes: XenstoreNodes | undefined
  /** Its rings; none where no ring of it is at hand. */
  queues: readonly History[]
  /** Rings of which not all indices of the page are known. */
  readonly parts: PartOfMoment[]
  readonly statements: Statement[]
  /** The listings that name it. */
  readonly listings: Set<string>
  /** Listings that contradict each other, a phrase each. */
  readonly contradictions: { readonly source: string; readonly line: number | undefined; readonly text: string }[]
}

/** Of whom a statement is: a device, none, or one of so many. */
export type FoundDevice = KnownDevice | { readonly rivals: number }

export class Places {
  readonly all: KnownDevice[] = []
  readonly #index = new Map<string, Set<KnownDevice>>()

  /** A device that nothing is known of yet. */
  make(subject: Subject): KnownDevice {
    const place: KnownDevice = {
      domid: undefined,
      vdev: undefined,
      guest: undefined,
      disks: new Set(),
      nodes: undefined,
      queues: [],
      parts: [],
      statements: [],
      listings: new Set(),
      contradictions: [],
    }
    this.all.push(place)
    this.learn(place, subject)
    return place
  }

  /** What else a device goes by. */
  learn(place: KnownDevice, { domid, vdev, guest, disk, port }: Subject): void {
    place.domid ??= domid
    place.vdev ??= vdev
    place.guest ??= guest
    if (disk !== undefined) place.disks.add(disk)
    const name = place.vdev === undefined ? undefined : vdevName(place.vdev)
    if (name !== undefined) place.disks.add(name)
    if (port !== undefined) this.#enter(place, keyOf({ domid: place.domid, port }, ['domid', 'port']))
    for (const known of [{ ...place }, ...[...place.disks].map((disk) => ({ ...place, disk }))])
      for (const key of KEYS) this.#enter(place, keyOf(known, key))
  }

  /** What a listing says of a device, put together with what others say. */
  learnNodes(place: KnownDevice, nodes: XenstoreNodes, at: Pick<Statement, 'source' | 'line'>): void {
    const { nodes: before } = place
    place.listings.add(at.source)
    if (before) {
      const other = changedRing(before, nodes)
      if (other !== undefined) place.contradictions.push({ source: at.source, line: at.line, text: other })
    }
    place.nodes = before
      ? {
          frontend: new Map([...before.frontend, ...nodes.frontend]),
          backend: new Map([...before.backend, ...nodes.backend]),
          errors: nodes.errors ?? before.errors,
        }
      : nodes
    for (const channel of eventChannels(place.nodes)) this.learn(place, { port: Number(channel) })
    for (const { prefix, queue } of queuesOf(place.nodes)) {
      const refs = ringRefs(place.nodes)[queue ?? 0] ?? []
      const port = place.nodes.frontend.get(`${prefix}event-channel`)
      if (refs.length > 0 && port !== undefined) this.#enter(place, connectionKey(refs, Number(port)))
    }
    const number = place.nodes.backend.get('physical-device')
    if (number !== undefined) this.#enter(place, `number ${number}`)
    const dev = place.nodes.backend.get('dev')?.replace(/^\/dev\//, '')
    this.learn(place, dev === undefined ? {} : { disk: dev })
  }

  /** The only device of the listings of which a queue has these ring pages and this port. */
  connectedBy(refs: readonly number[] | undefined, port: number | undefined): KnownDevice | undefined {
    if (refs === undefined || refs.length === 0 || port === undefined) return undefined
    const [only, ...others] = this.#index.get(connectionKey(refs, port)) ?? []
    return others.length === 0 ? only : undefined
  }

  /** The device below which the numbered one lies. */
  above(number: string): ReadonlySet<KnownDevice> {
    return this.#index.get(`number ${number}`) ?? new Set()
  }

  /** The device that a subject names; undefined where it names none, or none that is known. */
  find(subject: Subject): FoundDevice | undefined {
    for (const key of KEYS) {
      const name = keyOf(subject, key)
      if (name === undefined) continue
      const found = this.#index.get(name)
      if (!found) continue
      const [only] = found
      // Another guest's disk of the same name is another disk.
      if (found.size === 1) return isOther(only!, subject) ? undefined : only
      if (!key.some((name) => name === 'domid' || name === 'guest') && (subject.domid ?? subject.guest) !== undefined)
        return undefined
      return { rivals: found.size }
    }
    return undefined
  }

  #enter(place: KnownDevice, key: string | undefined): void {
    if (key === undefined) return
    const known = this.#index.get(key)
    if (known) known.add(place)
    else this.#index.set(key, new Set([place]))
  }
}

function isOther({ domid, guest }: KnownDevice, subject: Subject): boolean {
  if (domid !== undefined && subject.domid !== undefined) return domid !== subject.domid
  return guest !== undefined && subject.guest !== undefined && guest !== subject.guest
}

function connectionKey(refs: readonly number[], port: number): string {
  return `ring ${refs.join(',')} port ${port}`
}

type Key = keyof Pick<Subject, 'domid' | 'vdev' | 'guest' | 'disk' | 'port'>

/** What tells a device, the firmest first. What names a domain is never looked up without it. */
const KEYS: readonly (readonly Key[])[] = [
  ['domid', 'vdev'],
  ['guest', 'vdev'],
  ['domid', 'port'],
  ['domid', 'disk'],
  ['guest', 'disk'],
  ['vdev'],
  ['disk'],
]

function keyOf(subject: Subject, key: readonly Key[]): string | undefined {
  const values = key.map((name) => subject[name])
  const domainless = !key.includes('domid') && !key.includes('guest')
  if (values.includes(undefined)) return undefined
  return `${domainless ? 'any ' : ''}${key.join(' ')} ${values.join(' ')}`
}

/** Both name the same ring pages and ports, or say that they differ. */
function changedRing(before: XenstoreNodes, after: XenstoreNodes): string | undefined {
  for (const [key, now] of after.frontend) {
    const then = before.frontend.get(key)
    if (then !== undefined && then !== now && /(^|\/)(ring-ref\d*|event-channel)$/.test(key))
      return `it has ${key} "${now}", another listing "${then}": they are of other moments, and the device was connected anew in between`
  }
  return undefined
}

/** The numbers that nodes of a device name. */
export function subjectOfNodes(nodes: XenstoreNodes | undefined): Subject {
  const numbers = nodes && numbersOf(nodes)
  return numbers ? { domid: Number(numbers.domain), vdev: Number(numbers.vdev) } : {}
}

/** What a device is called: `vbd-1-51712 (xvda of web1)`; undefined where nothing names it. */
export function placeName({ domid, vdev, guest, disks }: KnownDevice): string | undefined {
  const [disk] = disks
  const of = guest === undefined ? '' : ` of ${guest}`
  if (domid !== undefined && vdev !== undefined)
    return `${deviceName({ domain: String(domid), vdev: String(vdev) })}${disk === undefined && guest === undefined ? '' : ` (${disk ?? 'disk'}${of})`}`
  if (disk !== undefined) return `${disk}${of}${domid === undefined ? '' : ` of domain ${domid}`}`
  return vdev === undefined ? undefined : `vbd-${vdev}`
}
