// The requests that were in flight for the most snapshots in a row.

/** A request and the snapshots in which it was in flight. */
export interface Flight {
  readonly source: string
  readonly queue: number | undefined
  readonly slot: number
  readonly index: number
  readonly id: bigint
  readonly operation: number
  readonly sector_number: bigint
  /** Snapshots of its ring, counted from 0. */
  readonly first: number
  readonly last: number
  /** Whether it is in flight in the last snapshot of its ring. */
  readonly atEnd: boolean
}

/** A list of the longest, the longest first; of two that are as long, the one that came first. */
export class Longest {
  readonly #most: number
  readonly #flights: Flight[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Whether a flight of so many snapshots would be in the list. */
  takes(snapshots: number): boolean {
    return this.#flights.length < this.#most || snapshots > length(this.#flights.at(-1)!)
  }

  add(flight: Flight): void {
    const at = this.#flights.findIndex((other) => length(other) < length(flight))
    this.#flights.splice(at < 0 ? this.#flights.length : at, 0, flight)
    this.#flights.length = Math.min(this.#flights.length, this.#most)
  }

  get flights(): readonly Flight[] {
    return this.#flights
  }
}

function length({ first, last }: Flight): number {
  return last - first + 1
}
