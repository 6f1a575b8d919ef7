// How many requests are in flight, snapshot by snapshot, in bounded memory.

/** Snapshots apart up to so many; of more, neighbours are joined. */
const BUCKETS = 512

/** Requests in flight in one ring, over the snapshots of one bucket. */
export interface DepthBucket {
  readonly least: number
  readonly most: number
  readonly mean: number
}

/**
 * How many requests are in flight, over all snapshots. `empty` and `full` are numbers of rings, `least`, `mean` and `most` numbers
 * of requests.
 */
export interface DepthReport {
  /** Rings looked at whose indices can be. */
  readonly rings: number
  readonly mean: number
  readonly median: number
  /** The 95th percentile: in 95 of 100 rings no more requests are in flight. */
  readonly p95: number
  readonly most: number
  readonly empty: number
  readonly full: number
  /** Snapshots a bucket, a power of two. */
  readonly width: number
  /** In the order of the snapshots; undefined where no ring of the bucket can be read. */
  readonly buckets: readonly (DepthBucket | undefined)[]
}

export class Depth {
  /** Rings by requests in flight. */
  readonly #counts: number[] = []
  #full = 0
  #width = 1
  #used = 0
  readonly #least = new Uint16Array(BUCKETS)
  readonly #most = new Uint16Array(BUCKETS)
  readonly #sum = new Float64Array(BUCKETS)
  readonly #rings = new Float64Array(BUCKETS)

  /** @param snapshot its place in the series of its ring @param inFlight requests, no more than nr_ents @param isFull no slot is free */
  add(snapshot: number, inFlight: number, isFull: boolean): void {
    while (snapshot >= this.#width * BUCKETS) this.#halve()
    const at = Math.floor(snapshot / this.#width)
    this.#used = Math.max(this.#used, at + 1)
    if (this.#rings[at] === 0 || inFlight < this.#least[at]!) this.#least[at] = inFlight
    if (inFlight > this.#most[at]!) this.#most[at] = inFlight
    this.#sum[at]! += inFlight
    this.#rings[at]!++
    this.#counts[inFlight] = (this.#counts[inFlight] ?? 0) + 1
    if (isFull) this.#full++
  }

  report(): DepthReport {
    const counts = Array.from(this.#counts, (n) => n ?? 0)
    const rings = counts.reduce((sum, n) => sum + n, 0)
    const total = counts.reduce((sum, n, depth) => sum + n * depth, 0)
    return {
      rings,
      mean: rings === 0 ? 0 : total / rings,
      median: quantile(counts, rings / 2),
      p95: quantile(counts, rings * 0.95),
      most: Math.max(0, counts.length - 1),
      empty: counts[0] ?? 0,
      full: this.#full,
      width: this.#width,
      buckets: Array.from({ length: this.#used }, (_, at) =>
        this.#rings[at] === 0
          ? undefined
          : { least: this.#least[at]!, most: this.#most[at]!, mean: this.#sum[at]! / this.#rings[at]! },
      ),
    }
  }

  /** Joins neighbours: as many snapshots again fit in. */
  #halve(): void {
    for (let at = 0; at < BUCKETS; at++) {
      const [a, b] = [2 * at, 2 * at + 1]
      const [first, second] = [this.#rings[a] ?? 0, this.#rings[b] ?? 0]
      const [least, other] = [this.#least[a] ?? 0, this.#least[b] ?? 0]
      this.#least[at] = first === 0 ? other : second === 0 ? least : Math.min(least, other)
      this.#most[at] = Math.max(this.#most[a] ?? 0, this.#most[b] ?? 0)
      this.#sum[at] = (this.#sum[a] ?? 0) + (this.#sum[b] ?? 0)
      this.#rings[at] = first + second
    }
    this.#used = Math.ceil(this.#used / 2)
    this.#width *= 2
  }
}

/** The least value that so many do not pass. */
function quantile(counts: readonly number[], wanted: number): number {
  let seen = 0
  for (const [value, n] of counts.entries()) {
    seen += n
    if (seen >= wanted && seen > 0) return value
  }
  return 0
}
