// Whether the ids on a ring are those that completion in order gives.

/** No request in flight under an id. */
const NONE = -1

/**
 * Makes a test of rings of so many slots: true when the ids are those that a frontend with a last-in-first-out free list (Linux)
 * takes if every response answered the request of its own index; then all requests of the window are outstanding. The replay is
 * deterministic: an id is either on top of the free list, or must first be freed by the responses up to its own.
 */
export function orderReplay(nr_ents: number) {
  /** With what was taken from the top, less than twice as much as it begins with. */
  const free = new Int32Array(2 * nr_ents)
  /** By id. */
  const inFlight = new Int32Array(nr_ents)

  /**
   * @param ids below nr_ents, of all indices still visible, in index order: the first `responses` of `count` known from responses
   * @param fromStart the first is the ring's first
   */
  return (ids: Int32Array, responses: number, count: number, fromStart: boolean): boolean => {
    let top = 0
    inFlight.fill(NONE)
    if (fromStart) for (let id = nr_ents - 1; id >= 0; id--) free[top++] = id
    let consumed = 0
    for (let k = 0; k < count; k++) {
      const id = ids[k]!
      const until = inFlight[id]!
      if (until >= responses) return false
      for (; consumed <= until; consumed++) {
        free[top++] = ids[consumed]!
        inFlight[ids[consumed]!] = NONE
      }
      if (top > 0 && free[top - 1] === id) top--
      // What lies below the ids that we saw freed is unknown, unless the ring is on its first lap.
      else if (top > 0 || fromStart) return false
      inFlight[id] = k
    }
    return true
  }
}
