// What backends write: Linux's blkback, QEMU's, and the toolstack that sets them up.
import type { Message } from './message.ts'

const FRONT_RING = "a dump of the frontend's ring: which request it is"
const ERRORS = { verdict: 'io-errors', sureness: 'certain' } as const

export const BACKEND_MESSAGES: readonly Message[] = [
  {
    name: 'blkback-connected',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?(?<path>backend\/\w{1,8}\/(?<domid>\d{1,5})\/(?<vdev>\d{1,10})): using (?<queues>\d+) queues, protocol (?<number>\d+) \((?<protocol>[\w-]+)\)/,
    example: 'xen-blkback: backend/vbd/1/51712: using 1 queues, protocol 1 (x86_64-abi) persistent grants',
    source: 'drivers/block/xen-blkback/xenbus.c: connect_ring; Linux 4.5 and later',
    means: 'The backend mapped the rings and connected, with this protocol. It says nothing of how it is now.',
  },
  {
    name: 'blkback-ring-pages',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?ring-(?:pages|ref):? ?(?<pages>\d+),? .{0,40}event-channel:? (?<port>\d+),? protocol (?<number>\d+) \((?<protocol>[\w-]+)\)/,
    example: 'xen-blkback: ring-ref 8, event-channel 9, protocol 1 (x86_64-abi) persistent grants',
    source: 'drivers/block/xen-blkback/xenbus.c: connect_ring; Linux before 4.5',
    means: 'The backend mapped the ring and connected, with this protocol. It says nothing of how it is now.',
  },
  {
    name: 'bogus-requests',
    speaker: 'blkback',
    pattern:
      /^(?:(?:xen-)?blkback: ?)?(?:Dom(?<domid>\d+) |Frontend )provided bogus ring requests \((?<prod>-?\w+) - (?<cons>-?\w+) = (?<n>-?\d+)\)\. Halting ring processing on dev=(?<number>[0-9a-f]+)/,
    example: 'xen-blkback: Frontend provided bogus ring requests (1089 - 1024 = 65). Halting ring processing on dev=fd00',
    source: 'drivers/block/xen-blkback/blkback.c: __do_block_io_op; Linux 3.13 and later (XSA-155 and before), XenServer and SUSE',
    means:
      'req_prod was further ahead of the answered requests than the ring has slots. blkback halts the ring for good: it takes and answers nothing more on it until the device is connected anew.',
    next: FRONT_RING,
    rule: 'indices-impossible',
    sign: { verdict: 'corrupt-indices', sureness: 'certain' },
  },
  {
    name: 'blkback-statistics',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?\((?<domid>\d{1,5})\.(?<disk>[\w.-]{1,40})-(?<queue>\d{1,4})\): oo +(?<oo>\d+) +\| +rd +(?<rd>\d+) +\| +wr +(?<wr>\d+) +\| +f +(?<f>\d+)(?: +\| +ds +(?<ds>\d+))?/,
    example: 'xen-blkback: (1.xvda-0): oo   0  |  rd   31  |  wr   39  |  f    8  |  ds    0 | pg:  337/1056',
    source: "drivers/block/xen-blkback/blkback.c: print_stats, every 10 s of a thread's work, with the parameter log_stats",
    means:
      'Requests that the thread handed on since the line before: the line resets reads, writes, discards and oo (not f), so that sysfs and xentop begin at 0 again. Requests are counted when they are handed on, not when they are answered.',
  },
  {
    name: 'blkback-grants',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?(?:grant \d+ added to the tree of persistent grants, using \d+\/\d+|Purged \d+\/\d+|Going to purge \d+ persistent grants|domain (?<domid>\d+), device (?<handle>0x[0-9a-f]+|\d+) is using maximum number of persistent grants)/,
    example: 'xen-blkback: Purged 0/17',
    source: 'drivers/block/xen-blkback/blkback.c: persistent grants; dynamic debug',
    means:
      'Bookkeeping of persistent grants. Beyond the maximum a page is mapped and unmapped for each request: slower, and right.',
  },
  {
    name: 'blkback-refused',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?(?:Bad number of segments in request \((?<segments>\d+)\)|Misaligned I\/O request from domain (?<domid>\d+)|access denied: (?<op>[\w ]+) of \[(?<from>\d+),(?<to>\d+)\] on dev=(?<number>[0-9a-f]+)|discarding unknown|error: unknown block io operation \[(?<operation>\d+)\])/,
    example: 'xen-blkback: access denied: write of [2097152,2097160] on dev=fd00',
    source: 'drivers/block/xen-blkback/blkback.c: dispatch_rw_block_io, xen_vbd_translate; dynamic debug only',
    means: 'The backend refused a request and answered it with an error: past the end, read-only, misaligned or malformed.',
    next: FRONT_RING,
    rule: 'sector-past-end',
    sign: ERRORS,
  },
  {
    name: 'blkback-map-failed',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?(?:invalid buffer -- could not remap it|grant copy\/map|failed to get page|trying to add a gref that's already in the tree)/,
    example: 'xen-blkback: invalid buffer -- could not remap it',
    source: 'drivers/block/xen-blkback/blkback.c: xen_blkbk_map; dynamic debug, in some versions an alert',
    means:
      'A grant reference of a request did not map: it was revoked, is read-only, or never was one. The request is answered with an error.',
    next: 'the ring with the grant table of the guest (xl debug-keys g)',
    rule: 'response-error',
    sign: ERRORS,
  },
  {
    name: 'blkback-op-failed',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?(?:(?<op>write barrier|flush diskcache|discard) op failed, not supported|Buffer not up-to-date at end of operation, error=(?<error>-?\d+))/,
    example: 'xen-blkback: Buffer not up-to-date at end of operation, error=10',
    source: 'drivers/block/xen-blkback/blkback.c: __end_block_io_op; dynamic debug',
    means:
      'The device below completed I/O with an error, or does not know the operation. The guest gets it as the status of the response.',
    next: "the kernel's log of the device below the backend",
    rule: 'response-error',
    sign: ERRORS,
  },
  {
    name: 'blkback-resize',
    speaker: 'blkback',
    pattern:
      /^(?:xen-blkback: )?VBD Resize: (?:Domid: (?<domid>\d+), Device: \((?<major>\d+), (?<minor>\d+)\)|new size (?<size>\d+))/,
    example: 'xen-blkback: VBD Resize: Domid: 5, Device: (253, 0)',
    source: 'drivers/block/xen-blkback/blkback.c: xen_vbd_resize',
    means: 'The device below has another size, and the backend tells the frontend by XenStore.',
  },
  {
    name: 'backend-fatal',
    speaker: 'xenbus',
    pattern: /^vbd vbd-(?<domid>\d{1,5})-(?<vdev>\d{1,10}): (?<errno>-?\d+) (?<what>.{1,120})$/,
    example: 'vbd vbd-5-51712: 22 reading 9 ring-ref/event-channel',
    source: 'drivers/xen/xenbus/xenbus_client.c: xenbus_va_dev_error, which also writes it to error/backend/vbd/D/N/error',
    means: 'The backend failed with this errno at the step that the line names, and closed the device where that was fatal.',
    next: 'xenstore-ls -f of both ends: their states, and the error node',
    rule: 'state-not-connected',
    sign: { verdict: 'not-connected', sureness: 'may' },
  },
  {
    name: 'qemu-refused',
    speaker: 'QEMU',
    pattern:
      /^(?:qemu-system-[\w-]+: )?(?:xen be: qdisk-(?<vdev>\d+): )?error: (?<what>unknown operation \(\d+\)|write req for ro device|nr_segments too big|first > last sector|page crossing|access beyond end of file)/,
    example: 'qemu-system-i386: error: access beyond end of file',
    source: 'hw/block/dataplane/xen-block.c: xen_block_parse_request; QEMU 4.0 and later, xen_disk.c before',
    means: 'QEMU refused a request of the ring and answered it with an error.',
    next: FRONT_RING,
    rule: 'response-error',
    sign: ERRORS,
  },
  {
    name: 'qemu-io-error',
    speaker: 'QEMU',
    pattern: /^(?:qemu-system-[\w-]+: )?(?:xen be: qdisk-(?<vdev>\d+): )?(?<op>read|write|discard|flush) I\/O error/,
    example: 'qemu-system-i386: write I/O error',
    source: 'hw/block/dataplane/xen-block.c: xen_block_complete_aio',
    means: 'The file or device below QEMU failed the I/O; the guest gets an error.',
    next: "the kernel's log of the device below, and whether the file system of the image is full",
    rule: 'response-error',
    sign: ERRORS,
  },
  {
    name: 'qemu-copy-failed',
    speaker: 'QEMU',
    pattern:
      /^(?:qemu-system-[\w-]+: )?(?:failed to copy data: |failed to map grant ref|.{0,60}grant copy op failed|.{0,40}xengnttab_map_\w+ failed)/,
    example: 'qemu-system-i386: failed to copy data: grant copy operation failed',
    source: 'hw/block/dataplane/xen-block.c: xen_block_copy_request',
    means: 'A grant reference of a request could not be used: it was revoked, is read-only, or never was one.',
    next: 'the ring with the grant table of the guest (xl debug-keys g)',
    rule: 'response-error',
    sign: ERRORS,
  },
  {
    name: 'libxl-device',
    speaker: 'libxl',
    pattern:
      /^libxl: error: libxl_\w+\.c:\d+:\w+: (?:Domain (?<domid>\d+):)?(?:[Uu]nable to (?<what>add|remove) device with path \/?local\/domain\/\d+\/backend\/\w+\/\d+\/(?<vdev>\d+)|.{0,60}hotplug script)/,
    example:
      'libxl: error: libxl_device.c:1107:device_backend_callback: Domain 5:unable to add device with path /local/domain/0/backend/vbd/5/51712',
    source: 'tools/libs/light/libxl_device.c: device_backend_callback, device_hotplug',
    means:
      'The backend did not reach the state that the toolstack waited for, or its hotplug script failed: the device was not set up, or not torn down.',
    next: "xenstore-ls -f of the backend's folder: state, hotplug-status, hotplug-error",
    rule: 'state-not-connected',
    sign: { verdict: 'not-connected', sureness: 'likely' },
  },
]
