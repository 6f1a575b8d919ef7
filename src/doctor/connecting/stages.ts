// How two ends connect, as blkif.h has it ("Startup"), one row for each pair of states that is not connected: what has been done, and
// whose turn it is. Linux's blkfront, blkback and QEMU keep to it; where they differ, the row says so.

/** Who has to do the next step. */
export type Turn = 'backend' | 'frontend' | 'toolstack'

export interface Stage {
  /** Digits of the states of xenbus.h; `?` stands for one that is not known. */
  readonly frontend: string
  readonly backend: string
  readonly turn: Turn
  /** What the states mean together, in a sentence or two. */
  readonly means: string
  /** What it can come from, the likelier first. */
  readonly causes: readonly string[]
}

const NO_DRIVER_BEHIND =
  "no driver has taken the backend up: Linux's xen-blkback is not loaded, or QEMU (qdisk) or tapdisk does not run for this guest"
const HOTPLUG = 'the hotplug script has not finished, or failed'
const NO_DRIVER_BEFORE = 'the driver of the guest is not loaded, or the guest has not come so far'

/** The first that fits both states is meant. */
export const STAGES: readonly Stage[] = [
  {
    frontend: '6',
    backend: '12',
    turn: 'frontend',
    means:
      'The frontend has closed the device (6), and the backend is ready for the next one: it waits for the frontend to go back to 1 (Initialising), and then to 3 with a ring.',
    causes: [
      'a boot loader has let go of the disk, and the kernel has not begun',
      'the driver of the guest was unloaded, or gave the disk up',
    ],
  },
  {
    frontend: '56',
    backend: '?123478',
    turn: 'backend',
    means:
      'The frontend is closing or has closed the device (5, 6), and the backend has not followed: it lets go of the ring, and goes to 6 (Closed).',
    causes: ['the backend waits for I/O that is in flight below it', 'the backend is blocked, or gone'],
  },
  {
    frontend: '56',
    backend: '56',
    turn: 'toolstack',
    means: 'Both ends have closed the device (5, 6), or are about to. A frontend that wants it back begins at 1 (Initialising).',
    causes: [
      'the device was detached, or the guest shut down',
      'one end gave up after an error, which its error node in XenStore tells',
      'a boot loader has let go of the disk, and the kernel has not begun',
    ],
  },
  {
    frontend: '?1',
    backend: '56',
    turn: 'backend',
    means:
      'The backend has closed the device (5, 6), and the frontend begins anew, or has not begun: the backend waits at 6 until it does, and then goes to 2 (InitWait).',
    causes: [
      'the device was detached, or the guest shut down',
      'the backend gave up after an error, which its error node in XenStore tells',
    ],
  },
  {
    frontend: '23478',
    backend: '56',
    turn: 'frontend',
    means:
      'The backend is closing or has closed the device (5, 6), and the frontend still holds it: it closes once nobody has the disk open.',
    causes: [
      'the device was detached while the guest has it open (a mounted file system, LVM, swap)',
      'the backend gave up after an error, which its error node in XenStore tells',
      'the domain of the backend was restarted, or its driver unloaded',
    ],
  },
  {
    frontend: '?12',
    backend: '1',
    turn: 'backend',
    means:
      'Neither end has begun: the backend goes to 2 (InitWait) once its driver has taken it up and has published its features.',
    causes: [NO_DRIVER_BEHIND, HOTPLUG],
  },
  {
    frontend: '1',
    backend: '?',
    turn: 'backend',
    means:
      'The frontend has not begun (1). It waits until the backend is at 2 (InitWait) and then writes its ring-ref and event-channel.',
    causes: [NO_DRIVER_BEHIND, NO_DRIVER_BEFORE],
  },
  {
    frontend: '1',
    backend: '2',
    turn: 'frontend',
    means:
      'The backend is ready (2, InitWait): it waits for the frontend to write ring-ref, event-channel and protocol, and state 3 (Initialised).',
    causes: [NO_DRIVER_BEFORE, 'an HVM guest uses its emulated disk: then this is how it stays'],
  },
  {
    frontend: '?',
    backend: '123',
    turn: 'frontend',
    means:
      'The backend is not connected. At 2 (InitWait) it waits for ring-ref, event-channel and state 3 (Initialised) of the frontend.',
    causes: [NO_DRIVER_BEFORE, HOTPLUG],
  },
  {
    frontend: '1',
    backend: '3478',
    turn: 'backend',
    means:
      'The frontend begins anew (1) while the backend still is where an earlier connection left it: it has to close that, and to go back to 2 (InitWait).',
    causes: ['the guest was killed or rebooted, and the backend still has its I/O in flight', 'the backend is blocked, or gone'],
  },
  {
    frontend: '2',
    backend: '?23478',
    turn: 'frontend',
    means: 'The frontend (2) has not written its ring: ring-ref, event-channel, and state 3 (Initialised).',
    causes: [NO_DRIVER_BEFORE],
  },
  {
    frontend: '3',
    backend: '1',
    turn: 'backend',
    means:
      'The frontend has written its ring (3, Initialised) and waits for the backend, which has not begun (1): it publishes its features first, and goes to 2 (InitWait).',
    causes: [NO_DRIVER_BEHIND, HOTPLUG],
  },
  {
    frontend: '3',
    backend: '?23',
    turn: 'backend',
    means:
      'The frontend has written its ring (3, Initialised) and waits for the backend, which has to map the ring, bind the event channel, publish sectors and sector-size, and go to 4 (Connected).',
    causes: [
      'the backend could not map the ring, or open its image: its error node and its log say so',
      'the watch of the backend never fired: the backend, or XenStore, is blocked or was restarted',
    ],
  },
  {
    frontend: '3',
    backend: '4',
    turn: 'frontend',
    means:
      'The backend is connected (4) and has published the disk; the frontend (3, Initialised) has to read sectors and sector-size, and to go to 4. GRUB does its I/O in this state.',
    causes: ['the guest does not run, or its XenBus thread is blocked', 'the frontend could not read what the backend published'],
  },
  {
    frontend: '478',
    backend: '123',
    turn: 'frontend',
    means:
      'The frontend (4 to 8) is connected to a backend that has begun anew: its ring is not served. The frontend has to close the device and to connect again, which Linux does only when it resumes.',
    causes: ['the backend, or its domain, was restarted', 'the guest was restored, and its driver was not told'],
  },
  {
    frontend: '?3478',
    backend: '?3478',
    turn: 'backend',
    means: 'One end is about to change how it is connected (7, 8), or is not known.',
    causes: [],
  },
]

/** The stage of two states, each a digit or undefined. */
export function stageOf(frontend: string | undefined, backend: string | undefined): Stage | undefined {
  return STAGES.find((stage) => stage.frontend.includes(frontend ?? '?') && stage.backend.includes(backend ?? '?'))
}
