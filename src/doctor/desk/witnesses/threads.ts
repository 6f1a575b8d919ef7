// Stacks of blkback's threads. A stack is one moment of a thread, and proves that moment alone.
import { count } from '../../../codec/struct/count.ts'
import type { ThreadStatement } from '../../../evidence/statement.ts'
import type { Weighing } from '../weighing.ts'

interface Place {
  /** Functions of which one is in the stack. */
  readonly functions: RegExp
  /** Where the thread is, behind `it`. */
  readonly words: string
  readonly cause: string
}

/** Where a thread can be held up, the special first. */
const PLACES: readonly Place[] = [
  {
    functions: /^(?:blkdev_issue_(?:secure_erase|discard|zeroout)|__blkdev_issue_discard|dispatch_discard_io)/,
    words: 'is inside a discard, which blkback waits for before it takes another request',
    cause: 'the storage below does not complete a discard',
  },
  {
    functions: /^(?:xen_blk_drain_io|blkdev_issue_flush)/,
    words: 'waits for everything in flight before a barrier or a flush',
    cause: 'the storage below does not complete what comes before a barrier',
  },
  {
    functions:
      /^(?:blk_mq_get_tag|__blk_mq_get_tag|rq_qos_wait|wbt_wait|blk_queue_enter|__bio_queue_enter|bio_queue_enter|io_schedule|md_\w+|raid\w+_make_request|drbd_\w+|dm_submit_bio|submit_bio\w*)/,
    words: 'waits while it hands a request to the device below, which takes no more',
    cause: 'the device below takes no more requests: frozen, full, or without tags',
  },
  {
    functions: /^(?:gnttab_\w+|xen_blkbk_map\w*|__gnttab_\w+|HYPERVISOR_grant\w*)/,
    words: 'is mapping or unmapping pages of the guest',
    cause: 'grants of the guest do not map or unmap: its memory is paged out, or the hypervisor is busy',
  },
  {
    functions: /^(?:alloc_\w+|__alloc_pages\w*|\w*slowpath|try_to_free_pages|shrink_\w+)/,
    words: 'waits for memory',
    cause: "the backend's domain has no memory left",
  },
]

/** Below the thread's own loop: what every thread has. */
const OWN =
  /^(?:xen_blkif_schedule|kthread|ret_from_fork\w*|schedule\w*|__schedule|__switch_to\w*|do_block_io_op|__do_block_io_op|asm_\w+)$/

/** Functions in which a task sleeps; the scheduler's own are left out of /proc/PID/stack. */
const SLEEPS =
  /^(?:(?:io_)?schedule\w*|__schedule|blk_mq_get_tag|__blk_mq_get_tag|rq_qos_wait|wbt_wait|\w*queue_enter|xen_blk_drain_io|wait_for_\w+|\w+_wait|mutex_lock\w*|__mutex_lock\w*|__down\w*|rwsem_down\w*)$/

/** A wchan, one function, is where a task sleeps. */
function isAsleep({ frames }: ThreadStatement): boolean {
  return frames.length === 1 || frames.some((frame) => SLEEPS.test(frame))
}

export function weighThreads(threads: readonly ThreadStatement[], w: Weighing): void {
  const last = threads.at(-1)
  if (!last) return
  const at = placeOf(last)
  if (at) blocked(last, at, threads.filter((one) => placeOf(one) === at).length, w)
  else if (last.frames.every((frame) => OWN.test(frame))) asleep(last, w)
  else w.remark(last, `${nameOf(last)} is in ${last.frames[0]}: what that means for the ring is not known here.`)
}

function placeOf({ frames }: ThreadStatement): Place | undefined {
  return PLACES.find(({ functions }) => frames.some((frame) => functions.test(frame)))
}

function nameOf({ thread }: ThreadStatement): string {
  return thread === '' ? 'a thread of blkback without a name' : `thread ${thread}`
}

function blocked(thread: ThreadStatement, { words, cause }: Place, stacks: number, w: Weighing): void {
  const left = w.sums && w.sums.untaken > 0 ? ` Up to ${count(w.sums.untaken, 'request')} behind it wait for the thread.` : ''
  w.remark(
    thread,
    `${nameOf(thread)} ${words}: the requests behind it are not taken meanwhile. A stack is one moment, and that it lasts takes a second one.`,
  )
  if (w.sums && w.sums.outstanding === 0) {
    w.remark(
      thread,
      'The ring has no request without an answer, which a thread inside a request cannot leave: they are of other moments.',
      true,
    )
    return
  }
  // One stack of a thread that runs says where it is, and not that it stays there.
  const isHeld = stacks > 1 || isAsleep(thread)
  if (isHeld) for (const guess of ['requests-not-taken', 'lost-front-to-back-event', 'backend-blocked'] as const) w.drop(guess)
  w.add({
    verdict: 'backend-blocked',
    problem: true,
    sureness: isHeld ? 'likely' : 'may',
    text: `The backend's thread ${words}.${left}${stacks > 1 ? ` ${stacks} stacks show it.` : ''}`,
    causes: [cause],
    seen: true,
  })
}

function asleep(thread: ThreadStatement, w: Weighing): void {
  const { sums } = w
  const sleeps = `${nameOf(thread)} sleeps in its own loop: it is inside no request, and waits for an event, or for one of its requests to be free`
  if (!sums) {
    w.remark(thread, `${sleeps}. If requests wait that it has taken, they wait in the storage below; the ring tells.`)
    return
  }
  if (sums.outstanding === 0) {
    w.remark(thread, `${sleeps}: as with a ring on which all is answered.`)
    return
  }
  if (w.has('storage-below')) {
    w.remark(thread, `${sleeps}: what it has taken waits in the storage below, and not for this thread.`)
    w.cause('storage-below', 'the thread of the backend sleeps: it holds nothing back, and the device below it completes nothing')
  }
  if (sums.untaken === 0) return
  if (w.has('backend-blocked')) {
    w.rename('backend-blocked', 'requests-not-taken', `Its thread is not blocked (${thread.source}).`)
    w.remark(thread, `${sleeps}: it is not blocked.`)
  }
  if (sums.outstanding - sums.untaken >= sums.nr_ents) return
  w.raise('lost-front-to-back-event', 'likely', `Its thread sleeps while requests are there to take (${thread.source}).`)
  if (!w.has('lost-front-to-back-event'))
    w.cause(
      'requests-not-taken',
      'the thread of the backend sleeps while requests are there to take: the event that wakes it was lost, or it was seen just before it',
    )
}
