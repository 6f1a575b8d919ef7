// What the kernel around the drivers writes: the bus, the block layer, the watchdogs.
import type { Message } from './message.ts'

export const SURROUNDING_MESSAGES: readonly Message[] = [
  {
    name: 'connect-timeout',
    speaker: 'xenbus',
    pattern:
      /^(?:xenbus_probe_frontend|XENBUS): Timeout connecting to device: device\/vbd\/(?<vdev>\d+) \(local state (?<local>\d), remote state (?<remote>\d)\)/,
    example: 'xenbus_probe_frontend: Timeout connecting to device: device/vbd/51712 (local state 3, remote state 1)',
    source: 'drivers/xen/xenbus/xenbus_probe_frontend.c: print_device_status',
    means: 'At boot the disk did not reach state 4 on both ends in five minutes; the two states say which end waits.',
    next: 'xenstore-ls -f of both ends: blkring doctor says which side waits for what',
    rule: 'state-not-connected',
    sign: { verdict: 'not-connected', sureness: 'likely' },
  },
  {
    name: 'connect-waiting',
    speaker: 'xenbus',
    pattern: /^(?:xenbus_probe_frontend|XENBUS): Waiting for devices to initialise/,
    example: 'xenbus_probe_frontend: Waiting for devices to initialise: 25s...20s...',
    source: 'drivers/xen/xenbus/xenbus_probe_frontend.c: wait_loop',
    means: 'At boot some device, of disks or others, is not connected yet.',
    next: 'xenstore-ls -f of both ends, while it waits',
  },
  {
    name: 'no-driver',
    speaker: 'xenbus',
    pattern: /^(?:xenbus_probe_frontend|XENBUS): Device with no driver: device\/vbd\/(?<vdev>\d+)/,
    example: 'xenbus_probe_frontend: Device with no driver: device/vbd/51712',
    source: 'drivers/xen/xenbus/xenbus_probe_frontend.c: print_device_status',
    means:
      'No driver had claimed the disk when the kernel had started its own: xen-blkfront is a module that comes later, or is missing.',
  },
  {
    name: 'io-error',
    speaker: 'block layer',
    pattern:
      /^(?:blk_update_request: |end_request: |print_req_error: )?(?:critical [\w ]{1,24}|I\/O|operation not supported|protection|timeout|recoverable transport|device resource) error,? ?dev (?<disk>xvd\w+|sd\w+|hd\w+|nvme\w+|dm-\d+|loop\d+|drbd\d+|rbd\d+|md\d+)[, ]+sector (?<sector>\d+)/,
    example: 'I/O error, dev xvda, sector 1062912 op 0x1:(WRITE) flags 0x800 phys_seg 2 prio class 0',
    source: 'block/blk-mq.c: blk_print_req_error; block/blk-core.c before Linux 5.16',
    means:
      'Requests were ended with an error: answered so by the backend, or failed by the frontend itself, as it does with all of them once a disk is disabled.',
    next: 'a dump of the ring: the status of its responses tells one from the other',
    rule: 'response-error',
    sign: { verdict: 'io-errors', sureness: 'likely' },
  },
  {
    name: 'buffer-error',
    speaker: 'block layer',
    pattern: /^Buffer I\/O error on dev(?:ice)? (?<disk>xvd\w+|sd\w+|hd\w+|dm-\d+|loop\d+),? logical block (?<block>\d+)/,
    example: 'Buffer I/O error on dev xvda1, logical block 132864, lost async page write',
    source: 'fs/buffer.c: buffer_io_error',
    means: 'A cached page could not be read, or was lost on its way to the disk: it follows from an I/O error.',
    sign: { verdict: 'io-errors', sureness: 'likely' },
  },
  {
    name: 'hung-task',
    speaker: 'kernel',
    pattern: /^INFO: task (?<task>[^\s:]{1,40}):(?<pid>\d+) blocked for more than (?<seconds>\d+) seconds/,
    example: 'INFO: task dd:116 blocked for more than 121 seconds.',
    source: 'kernel/hung_task.c: check_hung_task',
    means:
      'This task has waited so long without a break. It names who waits, often behind somebody else: a bystander at a lock is named, a task that sleeps in aio is not. It does not name the disk.',
    next: "the guest's /sys/kernel/debug/block/*/hctx*/busy, and the ring: which requests wait",
    sign: { verdict: 'some-stuck', sureness: 'may' },
  },
  {
    name: 'blk-timeout',
    speaker: 'block layer',
    pattern: /^(?:block )?(?<disk>xvd\w+|sd\w+|nvme\w+): .{0,20}timeout/,
    example: 'block nvme0n1: I/O 12 QID 1 timeout, aborting',
    source: 'the drivers below a backend; xen-blkfront has no timeout of its own',
    means: 'A device gave no answer in its time. xen-blkfront never says so: its requests wait for ever.',
    next: 'the log of the device below the backend',
  },
  {
    name: 'grant-in-use',
    speaker: 'kernel',
    pattern:
      /^(?:xen:grant_table: )?(?:g\.e\. (?<gref>0x[0-9a-f]+) still in use|WARNING: (?:leaking )?g\.e\. .{0,60}still in use|deferring g\.e\. (?<ref>0x[0-9a-f]+) \(pfn (?<pfn>0x[0-9a-f]+)\))/,
    example: 'xen:grant_table: g.e. 0x1b still in use!',
    source: 'drivers/xen/grant-table.c: gnttab_end_foreign_access, gnttab_add_deferred',
    means:
      'A grant was to be revoked and the other domain still maps it: a backend, or a tool that mapped the ring, holds on to it.',
    next: 'the grant table (xl debug-keys g), and blkring find on a core of the guest',
  },
  {
    name: 'out-of-grants',
    speaker: 'kernel',
    pattern:
      /^(?:xen:grant_table: )?(?:.{0,40}xen\/grant-table: max_grant_frames reached|.{0,40}maximum number of grant frames|\(XEN\) .{0,40}Expanding d\d+ grant table)/,
    example: 'xen/grant-table: max_grant_frames reached cur=32 extra=1 limit=32 gnttab_free_count=4 req_entries=32',
    source: 'drivers/xen/grant-table.c: gnttab_expand',
    means: 'The guest has no grant references left: requests wait above the ring until some are given back.',
    next: "the guest's busy lists beside the ring: requests that wait above it are in the first and not in the second",
    sign: { verdict: 'some-stuck', sureness: 'may' },
  },
]
