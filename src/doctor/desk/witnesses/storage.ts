// The device below the backend.
import { count } from '../../../codec/struct/count.ts'
import type { StorageStatement } from '../../../evidence/statement.ts'
import type { Weighing } from '../weighing.ts'

export function weighStorage(all: readonly StorageStatement[], w: Weighing): void {
  const suspended = all.findLast(({ suspended }) => suspended !== undefined)
  if (suspended) weighSuspended(suspended, w)
  const counted = all.findLast(({ inflight }) => inflight !== undefined)
  if (!counted) return
  const { inflight, device } = counted
  const says = `${device}, the device below the backend, has ${count(inflight!, 'request')} in flight`
  const waits = (w.sums?.outstanding ?? 0) > 0
  if (inflight === 0)
    w.remark(
      counted,
      `${says}${waits ? ': a suspended device-mapper device counts none of what it defers, so that this does not speak against the storage' : ''}.`,
    )
  else w.remark(counted, `${says}: I/O waits in it, of this disk or of others.`)
}

function weighSuspended(storage: StorageStatement, w: Weighing): void {
  const name = `${storage.device}${storage.number === undefined ? '' : ` (${storage.number})`}`
  if (!storage.suspended) {
    w.remark(storage, `${name}, the device below the backend, is not suspended.`)
    return
  }
  w.remark(
    storage,
    `${name}, the device below the backend, is suspended: it completes no I/O until it is resumed (dmsetup resume).`,
  )
  w.raise('storage-below', 'likely', `The device below, ${name}, is suspended.`)
  w.cause('storage-below', `${name} is suspended: nothing completes until it is resumed`)
  if (w.verdicts.length > 0) return
  w.add({
    verdict: 'storage-below',
    problem: true,
    sureness: 'may',
    text: `The device below the backend, ${name}, is suspended: what the backend hands to it waits. Whether anything waits the ring tells.`,
    causes: [`${name} is suspended: nothing completes until it is resumed`],
  })
}
