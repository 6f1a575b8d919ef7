// What a ring that a text shows without its name is connected by, held against what listings and the hypervisor say.
import { count } from '../../codec/struct/count.ts'
import type { CounterStatement, Statement } from '../../evidence/statement.ts'
import { queuesOf, ringRefs } from '../../xenstore/queues.ts'
import type { PartOfMoment } from '../moment.ts'
import type { KnownDevice, Places } from './places.ts'

/** The device of the listings that moments of its rings name: by its number, or by ring pages and port of one of its queues. */
export function deviceOfRings(moments: readonly PartOfMoment[], places: Places): KnownDevice | undefined {
  const found = new Set<KnownDevice>()
  for (const { vdev, ringRefs, evtchn } of moments) {
    const byNumber = vdev === undefined ? undefined : places.find({ vdev })
    const connected = places.connectedBy(ringRefs, evtchn)
    const place = connected && (vdev === undefined || (connected.vdev ?? vdev) === vdev) ? connected : byNumber
    if (place && 'statements' in place) found.add(place)
    else if (vdev !== undefined) return undefined
  }
  const [only] = found
  return found.size === 1 ? only : undefined
}

/** The queue of a device that has the ring of a moment, where its queues have their own nodes. */
export function queueOfRing({ ringRefs: refs, evtchn, queue }: PartOfMoment, { nodes }: KnownDevice): number | undefined {
  if (queue !== undefined || !nodes || refs === undefined) return queue
  return queuesOf(nodes).find(
    (own) =>
      own.queue !== undefined &&
      (ringRefs(nodes)[own.queue] ?? []).join() === refs.join() &&
      nodes.frontend.get(`${own.prefix}event-channel`) === String(evtchn),
  )?.queue
}

/** The moments that are known of the rings of a device. */
export function knownMoments({ queues, parts }: KnownDevice): PartOfMoment[] {
  return [...queues.map(({ last }) => last), ...parts]
}

/** A device whose ring has a port is of the only domain that has such a port to another domain, where no listing says whose it is. */
export function tiePorts(places: Places, statements: readonly Statement[], notes: string[]): void {
  const domains = new Map<number, Set<number>>()
  for (const {
    kind,
    of: { domid, port, backendDomid },
    ...one
  } of statements) {
    // Frontends of domain 0 have their backends there, or are few.
    if (kind !== 'port' || !('side' in one) || one.side !== 'frontend' || !domid || port === undefined || domid === backendDomid)
      continue
    domains.set(port, (domains.get(port) ?? new Set()).add(domid))
  }
  if (domains.size === 0) return
  for (const place of places.all) {
    if (place.domid !== undefined) continue
    for (const { evtchn, source } of knownMoments(place)) {
      const [domid, ...others] = (evtchn === undefined ? undefined : domains.get(evtchn)) ?? []
      if (domid === undefined || others.length > 0 || (place.domid ?? domid) !== domid) continue
      const isTold = place.domid !== undefined
      places.learn(place, { domid })
      places.learn(place, { port: evtchn })
      if (!isTold)
        notes.push(
          `${source} is taken for a ring of domain ${domid}, the only one that has an event channel ${evtchn} to another domain`,
        )
    }
  }
}

/** The device, and its queue, that an interrupt is of. */
export interface InterruptOwner {
  readonly place: KnownDevice
  readonly queue: number | undefined
}

/** Interrupts of rings, by what structs of their ends say: another guest may have the same number. */
export class Interrupts {
  readonly #owners = new Map<string, InterruptOwner[]>()
  readonly #sides = new Set<string>()

  constructor(places: Places) {
    for (const place of places.all)
      for (const { irq, backendIrq, queue } of knownMoments(place)) {
        if (irq !== undefined) this.#enter('frontend', irq, { place, queue })
        if (backendIrq !== undefined) this.#enter('backend', backendIrq, { place, queue })
      }
  }

  /** `another` where structs say whose interrupts are whose, and this is of none; undefined where they do not tell. */
  ownerOf({ side, of }: CounterStatement): InterruptOwner | 'another' | undefined {
    if (!this.#sides.has(side)) return undefined
    const [owner, ...others] = this.#owners.get(`${side} ${of.irq}`) ?? []
    return others.length > 0 ? undefined : (owner ?? 'another')
  }

  #enter(side: string, irq: number, owner: InterruptOwner): void {
    this.#sides.add(side)
    const key = `${side} ${irq}`
    this.#owners.set(key, [...(this.#owners.get(key) ?? []), owner].slice(0, 2))
  }
}

/** Ports of which none was of a device that is known: how many there are, and in which an event is pending or held back. */
export function loosePorts(statements: readonly Statement[], isPlaced: ReadonlySet<Statement>): string[] {
  const bySource = new Map<string, { ports: number; isUsed: boolean; pending: string[]; masked: string[] }>()
  for (const one of statements) {
    if (one.kind !== 'port') continue
    const found = bySource.get(one.source) ?? { ports: 0, isUsed: false, pending: [], masked: [] }
    bySource.set(one.source, found)
    if (isPlaced.has(one)) found.isUsed = true
    // Each is said twice, as either end's.
    if (one.side !== 'frontend') continue
    found.ports++
    const name = `port ${one.of.port} of domain ${one.of.domid}`
    if (one.pending) found.pending.push(name)
    if (one.masked) found.masked.push(name)
  }
  return [...bySource].flatMap(([source, { ports, isUsed, pending, masked }]) =>
    isUsed
      ? []
      : [
          `${source}: event channels between domains, ${count(ports, 'port')}; ${said('pending', pending)}, ${said('masked', masked)}. None is of a ring that is known: name beside it the ring, and xenstore-ls -f or struct blkfront_ring_info, which have its event channel`,
        ],
  )
}

/** Ports that are named, of many. */
const MAX_PORTS = 8

function said(what: string, ports: readonly string[]): string {
  if (ports.length === 0) return `none is ${what}`
  const more = ports.length - MAX_PORTS
  return `${what}: ${ports.slice(0, MAX_PORTS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
