// The guest's allocator of grant references: one free list that all its drivers share (Linux drivers/xen/grant-table.c,
// table version 1; order of the list from the vectors).

import type { GrantTableConfig } from './config.ts'
import type { DriverModel } from './driver-model.ts'

/** No reference: the end of a list, as Linux shows it. */
export const NO_GREF = 0xffff_ffff

/** The references of one grant frame of 4096 bytes, in version 1 of the table. */
export const GREFS_PER_FRAME = 512

function framesFor(grefs: number): number {
  return Math.ceil(grefs / GREFS_PER_FRAME)
}

/** The guest's allocator of grant references, as Linux has it: one free list that all its drivers share. */
export class GrantAllocator {
  readonly maxFrames: number
  frames: number
  /** References on the free list. */
  free = 0
  /** The reference handed out next, or `NO_GREF`. */
  freeHead = NO_GREF
  /** How often the free callback fired: each time the driver restarts its queue. */
  restarts = 0
  readonly #model: Pick<DriverModel, 'growsAt' | 'returnsUnused'>
  #freeTail = NO_GREF
  #next: Uint32Array
  /** gfn of each reference's grant, kept when the grant ends, as the shared table keeps it. */
  #gfn: Float64Array
  #mapped: Uint8Array
  /** Somebody may wait: looked at whenever a reference comes back. */
  #isAwaited = false
  /** Who waits for how many references, the last one to ask first. */
  #callbacks: { readonly owner: object; readonly count: number }[] = []

  constructor(config: GrantTableConfig, model: Pick<DriverModel, 'growsAt' | 'returnsUnused'>) {
    this.#model = model
    this.frames = config.frames
    this.maxFrames = config.maxFrames
    const grefs = config.frames * GREFS_PER_FRAME
    this.#next = new Uint32Array(grefs).fill(NO_GREF)
    this.#gfn = new Float64Array(grefs)
    this.#mapped = new Uint8Array(grefs)
    for (const [first, count] of config.freeList) {
      if (!(Number.isInteger(first) && Number.isInteger(count)) || first < 0 || count < 1 || first + count > grefs)
        throw new RangeError(`free list: [${first}, ${count}] is no run of references in ${config.frames} grant frames`)
      this.#append(first, count)
    }
  }

  /**
   * Takes references off the head of the free list, growing the table where they do not suffice and it may grow.
   * @returns the head of the caller's list, to be walked with `claim`; undefined if there are not as many: nothing is taken then
   */
  reserve(count: number): number | undefined {
    if (this.free < count && !this.#grow(framesFor(count - this.free))) return undefined
    const head = this.freeHead
    let last = head
    for (let i = 1; i < count; i++) last = this.#next[last]!
    this.freeHead = this.#next[last]!
    if (this.freeHead === NO_GREF) this.#freeTail = NO_GREF
    this.#next[last] = NO_GREF
    this.free -= count
    return head
  }

  /** The reference behind one on a reserved list, or `NO_GREF` at its end. */
  after(gref: number): number {
    return this.#next[gref]!
  }

  /** Returns the rest of a reserved list. */
  release(head: number): void {
    if (head === NO_GREF) return
    if (this.#model.returnsUnused === 'one-by-one') {
      for (let gref = head; gref !== NO_GREF; ) {
        const next = this.#next[gref]!
        this.#push(gref)
        gref = next
      }
    } else {
      let last = head
      let count = 1
      for (; this.#next[last] !== NO_GREF; count++) last = this.#next[last]!
      this.#next[last] = this.freeHead
      if (this.free === 0) this.#freeTail = last
      this.freeHead = head
      this.free += count
    }
    this.#checkCallbacks()
  }

  grant(gref: number, gfn: number): void {
    this.#gfn[gref] = gfn
  }

  /** Ends the access and frees the reference, unless the backend still maps it. */
  tryEnd(gref: number): boolean {
    if (this.#mapped[gref]) return false
    this.#push(gref)
    this.#checkCallbacks()
    return true
  }

  /** Asks for a restart once as many references are free. A callback of the owner's that already waits stays as it is. */
  requestCallback(owner: object, count: number): void {
    if (this.#callbacks.some((callback) => callback.owner === owner)) return
    this.#callbacks.unshift({ owner, count })
    this.#isAwaited = true
    this.#checkCallbacks()
  }

  cancelCallback(owner: object): void {
    this.#callbacks = this.#callbacks.filter((callback) => callback.owner !== owner)
  }

  /** Whether so many references can be had, growing the table where it may grow. */
  canReserve(count: number): boolean {
    return this.free >= count || this.frames + framesFor(count - this.free) <= this.maxFrames
  }

  /** Nothing is mapped any more: the table is a new one. @returns how many references were */
  unmapAll(): number {
    let unmapped = 0
    for (const mapped of this.#mapped) unmapped += mapped
    this.#mapped.fill(0)
    return unmapped
  }

  /** gfn that a reference grants, or last granted; undefined outside the table. */
  gfnOf(gref: number): number | undefined {
    return gref < this.frames * GREFS_PER_FRAME ? this.#gfn[gref] : undefined
  }

  isMapped(gref: number): boolean {
    return this.#mapped[gref] === 1
  }

  /** The other side maps the page. References outside the table are ignored: the hypervisor would refuse them. */
  map(gref: number): void {
    this.#mapped[gref] = 1
  }

  unmap(gref: number): void {
    this.#mapped[gref] = 0
  }

  /** The free list in order, for tests and displays: walks it whole. */
  freeList(): number[] {
    const list: number[] = []
    for (let gref = this.freeHead; gref !== NO_GREF; gref = this.#next[gref]!) list.push(gref)
    return list
  }

  #push(gref: number): void {
    this.#next[gref] = this.freeHead
    this.freeHead = gref
    if (this.free === 0) this.#freeTail = gref
    this.free++
  }

  #append(first: number, count: number): void {
    for (let gref = first; gref < first + count - 1; gref++) this.#next[gref] = gref + 1
    const last = first + count - 1
    this.#next[last] = NO_GREF
    if (this.free === 0) this.freeHead = first
    else this.#next[this.#freeTail] = first
    this.#freeTail = last
    this.free += count
  }

  #prepend(first: number, count: number): void {
    for (let gref = first; gref < first + count; gref++) this.#next[gref] = gref + 1
    const last = first + count - 1
    this.#next[last] = this.freeHead
    if (this.free === 0) this.#freeTail = last
    this.freeHead = first
    this.free += count
  }

  #grow(frames: number): boolean {
    if (this.frames + frames > this.maxFrames) return false
    const first = this.frames * GREFS_PER_FRAME
    const count = frames * GREFS_PER_FRAME
    this.frames += frames
    if (this.frames * GREFS_PER_FRAME > this.#next.length) this.#makeRoom(this.frames * GREFS_PER_FRAME)
    if (this.#model.growsAt === 'front') this.#prepend(first, count)
    else this.#append(first, count)
    this.#checkCallbacks()
    return true
  }

  #makeRoom(grefs: number): void {
    const room = Math.max(grefs, 2 * this.#next.length)
    const next = new Uint32Array(room).fill(NO_GREF)
    next.set(this.#next)
    this.#next = next
    const gfn = new Float64Array(room)
    gfn.set(this.#gfn)
    this.#gfn = gfn
    const mapped = new Uint8Array(room)
    mapped.set(this.#mapped)
    this.#mapped = mapped
  }

  #checkCallbacks(): void {
    if (this.#isAwaited) this.#fireCallbacks()
  }

  /** Those that wait on are turned round, as Linux's list is when it is gone through. */
  #fireCallbacks(): void {
    const waiting = this.#callbacks.filter(({ count }) => this.free < count)
    this.restarts += this.#callbacks.length - waiting.length
    this.#callbacks = waiting.reverse()
    this.#isAwaited = waiting.length > 0
  }
}
