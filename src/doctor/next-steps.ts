// What an operator can look at next. Suggestions: nothing here changes the system unless it says so.
import { backendPath, isQdisk, isTapdisk, parseBackendPath } from '../xenstore/names.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { connectionSteps, missingEndSteps } from './connecting/connecting.ts'
import { type NextStep, plainNode } from './step.ts'
import type { VerdictName } from './verdict.ts'

export type { NextStep }

/** Names for the commands; placeholders in capitals where XenStore is not at hand. */
interface Names {
  readonly domid: string
  readonly backendPath: string
  readonly dev: string
  /** The name of the device below the backend. */
  readonly disk: string
  readonly isDm: boolean
  readonly inKernel: boolean
  readonly qdisk: boolean
}

export function nextSteps(main: VerdictName, xenstore: XenstoreNodes | undefined): NextStep[] {
  const names = namesFrom(xenstore)
  switch (main) {
    case 'not-connected':
      return connectionSteps(xenstore)
    case 'corrupt-indices':
    case 'uninitialised':
      return [
        another('is it the same once more? A page torn while it was read is not'),
        dmesg('backend', 'a backend that stopped the ring says so'),
        dmesg('guest', 'a frontend that disabled the disk says so'),
        xenstoreLs(names),
      ]
    case 'disk-disabled':
      return [
        dmesg('guest', 'a frontend that disabled the disk says so'),
        dmesg('backend', 'errors of the backend'),
        another('has rsp_event moved?'),
      ]
    case 'lost-back-to-front-event':
    case 'responses-not-taken':
    case 'requests-lost':
      return [
        domainState(names),
        another('has rsp_event moved?'),
        interrupts('guest', 'blkif', 'does the count grow?'),
        channels(names),
        blockedTasks(names),
      ]
    case 'lost-front-to-back-event':
    case 'backend-blocked':
    case 'requests-not-taken':
      return [
        another('have req_event and rsp_prod moved?'),
        backendThread(names),
        interrupts('backend', 'blkif-backend', 'does the count grow?'),
        channels(names),
        dmesg('backend', 'hung tasks, and a backend that stopped the ring'),
      ]
    case 'storage-below':
    case 'unanswered':
    case 'some-stuck':
    case 'ring-full':
      return [
        another('has rsp_prod moved?'),
        below(names),
        ...(names.isDm ? [mapper(names)] : []),
        backendThread(names),
        dmesg('backend', 'I/O errors, lost paths, hung tasks'),
      ]
    case 'io-errors':
      return [dmesg('backend', 'I/O errors with their sectors'), decodeErrors(), below(names)]
    case 'not-shown':
      return [...missingEndSteps(xenstore), guestQueue(), dmesg('guest', 'hung tasks, file system errors'), domainState(names)]
    default:
      return [guestQueue(), dmesg('guest', 'hung tasks, file system errors'), domainState(names)]
  }
}

function namesFrom(xenstore: XenstoreNodes | undefined): Names {
  const path = parseBackendPath(xenstore?.frontend.get('backend'))
  const back = (key: string) => plainNode(xenstore?.backend, key)
  // QEMU's params begin with a format: aio:/dev/mapper/root.
  const disk = back('physical-device-path') ?? back('params')?.replace(/^[\w,]+:(?=\/)/, '')
  return {
    domid: path?.domain ?? back('frontend-id') ?? 'DOMID',
    backendPath: path?.path ?? backendPath(0, 'vbd', 'DOMID', 'VDEV'),
    dev: back('dev') ?? 'DEV',
    disk: disk ?? 'DEVICE',
    isDm: disk === undefined || /\/dm-\d+$|\/mapper\//.test(disk),
    // QEMU and tapdisk have folders of other names, or another type.
    qdisk: isQdisk(xenstore),
    inKernel: !isQdisk(xenstore) && !isTapdisk(xenstore),
  }
}

function another(why: string): NextStep {
  return { on: 'here', command: 'blkring doctor FIRST SECOND --interval 5', why: `a second snapshot 5 s later: ${why}` }
}

function dmesg(on: 'backend' | 'guest', why: string): NextStep {
  return { on, command: 'dmesg -T | tail -50', why }
}

function xenstoreLs({ backendPath }: Names): NextStep {
  return { on: 'backend', command: `xenstore-ls -f ${backendPath}`, why: 'states, features and error nodes' }
}

function domainState({ domid }: Names): NextStep {
  return {
    on: 'backend',
    command: `xl list ${domid}; xl vcpu-list ${domid}`,
    why: 'state p is paused (xl unpause), no time used is a guest that does not run',
  }
}

function interrupts(on: 'backend' | 'guest', name: string, why: string): NextStep {
  return { on, command: `grep -w ${name} /proc/interrupts`, why: `twice, some seconds apart: ${why}` }
}

function channels({ domid }: Names): NextStep {
  return {
    on: 'backend',
    command: `/usr/lib/xen/bin/lsevtchn ${domid}; xl debug-keys e; xl dmesg | tail`,
    why: 'the event channels: pending and masked is an event that nobody takes',
  }
}

function blockedTasks({ domid }: Names): NextStep {
  return {
    on: 'backend',
    command: `xl sysrq ${domid} w`,
    why: 'a Linux guest prints its blocked tasks on its console (xl trigger DOMID nmi makes one panic that is set up to)',
  }
}

/** Linux calls the thread of a queue DOMID.DEV-QUEUE (drivers/block/xen-blkback/xenbus.c). */
function backendThread({ domid, dev, inKernel, qdisk }: Names): NextStep {
  const command = inKernel
    ? `ps -eo pid,stat,wchan:32,comm | grep -F ${domid}.${dev}`
    : qdisk
      ? 'ps -eLo pid,tid,stat,wchan:32,args | grep -e qemu'
      : 'ps -eo pid,stat,wchan:32,args | grep -e qemu -e tapdisk'
  return { on: 'backend', command, why: 'is the backend there? State D is blocked in the kernel: /proc/PID/stack says where' }
}

function below({ disk }: Names): NextStep {
  return {
    on: 'backend',
    // Of a file that is a disk, the device below it is not known.
    command: disk.startsWith('/') && !disk.startsWith('/dev/') ? 'iostat -x 1 5' : `iostat -x ${disk} 1 5`,
    why: 'requests queued (aqu-sz) and none completed (r/s, w/s 0): it hangs there',
  }
}

function mapper({ disk }: Names): NextStep {
  return {
    on: 'backend',
    command: `dmsetup info ${disk}; dmsetup table ${disk}; dmsetup status`,
    why: 'SUSPENDED holds all I/O back; a full thin pool or snapshot shows in its status',
  }
}

function decodeErrors(): NextStep {
  return { on: 'here', command: 'blkring decode --slots responses DUMP', why: 'which slots carry errors, and the sectors beneath' }
}

function guestQueue(): NextStep {
  return { on: 'guest', command: 'cat /sys/block/xvd*/inflight; iostat -x 1 5', why: 'whether anything waits above the ring' }
}
