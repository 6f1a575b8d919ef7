// Which of the things that a text says in words are of which ring that it shows.
import { SHARED_INDICES, type Testimony } from '../capture/testimony.ts'
import { isOfMoment, type Moment } from '../doctor/index.ts'

/** Testimonies that can be of any ring are asked one by one: more of them tell nothing. */
const MAX_LOOSE = 16

export class WordsBeside {
  readonly #testimonies: readonly Testimony[]
  readonly #byAddress = new Map<bigint, Testimony[]>()
  readonly #byHeader = new Map<string, Testimony[]>()
  readonly #loose: Testimony[] = []
  readonly #placed = new Set<Testimony>()

  constructor(testimonies: readonly Testimony[]) {
    this.#testimonies = testimonies
    for (const testimony of testimonies) {
      const { address, shared } = testimony
      if (address !== undefined) put(this.#byAddress, address, testimony)
      if (SHARED_INDICES.every((name) => shared[name] !== undefined))
        put(this.#byHeader, headerOf(shared as Moment['sring']), testimony)
      else this.#loose.push(testimony)
    }
  }

  /** Those that were put to no ring. */
  get left(): readonly Testimony[] {
    return this.#testimonies.filter((testimony) => !this.#placed.has(testimony))
  }

  /** The testimony of the ring at an address, whatever moment it is of. */
  at(address: bigint | undefined): Testimony | undefined {
    return address === undefined ? undefined : this.#byAddress.get(address)?.[0]
  }

  /**
   * What is said of a moment: all that is said of its address; else the one that its indices fitted, and that no moment before has.
   * @param address where its ring lies in the memory that it was dumped from
   */
  of(moment: Moment, address: bigint | undefined): readonly Testimony[] {
    const isOnly = this.#testimonies.length === 1
    const fitted = (testimony: Testimony) => belongs(testimony, moment, { address, isOnly })
    const here = address === undefined ? [] : (this.#byAddress.get(address) ?? []).filter(fitted)
    const found = here.length > 0 ? here : this.#unplaced(moment, fitted, isOnly)
    for (const testimony of found) this.#placed.add(testimony)
    return found
  }

  #unplaced(moment: Moment, fitted: (testimony: Testimony) => boolean, isOnly: boolean): readonly Testimony[] {
    const alike = this.#byHeader.get(headerOf(moment.sring)) ?? []
    const at = alike.findIndex((testimony) => fitted(testimony))
    // One io_ring beside a series is of every moment that it fits.
    if (at >= 0) return isOnly ? [alike[at]!] : alike.splice(at, 1)
    const loose = this.#loose.slice(0, MAX_LOOSE).find((testimony) => (isOnly || !this.#placed.has(testimony)) && fitted(testimony))
    return loose ? [loose] : []
  }
}

function put<K>(map: Map<K, Testimony[]>, key: K, testimony: Testimony): void {
  const list = map.get(key)
  if (list) list.push(testimony)
  else map.set(key, [testimony])
}

function headerOf(sring: Moment['sring']): string {
  return SHARED_INDICES.map((name) => sring[name]).join()
}

/** Of private indices alone it must be known, beside that they can be, which ring they are of. */
function belongs(
  testimony: Testimony,
  moment: Moment,
  { address, isOnly }: { readonly address: bigint | undefined; readonly isOnly: boolean },
): boolean {
  // tapdisk shows its first queue.
  if (testimony.form === 'io_ring' && (moment.queue ?? 0) !== 0) return false
  const isTied = Object.keys(testimony.shared).length > 0 || (address !== undefined && testimony.address === address)
  return (isTied || isOnly) && isOfMoment(testimony, moment, address)
}
