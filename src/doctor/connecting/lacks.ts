// What an end cannot do its next step without: nodes that are missing, or that the other end does not take.
import { isBlkback, isQdisk } from '../../xenstore/names.ts'
import { numberOf, quoted, type XenstoreNodes } from '../../xenstore/nodes.ts'
import { queuesOf, ringRefKeys } from '../../xenstore/queues.ts'
import type { Turn } from './stages.ts'

/** Something that keeps the connection from coming about. */
export interface Lack {
  /** Who has to put it right. */
  readonly turn: Turn
  /** A sentence. */
  readonly text: string
}

interface Need {
  /** Looked at where the frontend, and the backend, are in these states. */
  readonly frontend: string
  readonly backend: string
  /** What is wrong; undefined where nothing is. */
  lack(nodes: XenstoreNodes): Lack | undefined
}

const ANY = '?12345678'
/** States in which the frontend has said what its ring is. */
const PUBLISHED = '34'
const UNCONNECTED = '?123'

/** In the order in which they are said. */
const NEEDS: readonly Need[] = [
  {
    frontend: ANY,
    backend: ANY,
    lack({ backend }) {
      const status = backend.get('hotplug-status')
      if (status === undefined || status === 'connected') return undefined
      const said = backend.has('hotplug-error') ? `: ${quoted(backend, 'hotplug-error')}` : ''
      return {
        turn: 'toolstack',
        text: `hotplug-status is ${quoted(backend, 'hotplug-status')}${said}: the hotplug script of the backend failed.`,
      }
    },
  },
  {
    frontend: ANY,
    backend: UNCONNECTED,
    lack(nodes) {
      const { backend } = nodes
      if (backend.size === 0 || !isBlkback(nodes) || backend.has('physical-device')) return undefined
      return {
        turn: 'toolstack',
        text: `blkback waits for physical-device, which the toolstack or its hotplug script${backend.has('script') ? ` ${quoted(backend, 'script')}` : ''} writes once it has the device of ${quoted(backend, 'params')}.`,
      }
    },
  },
  {
    frontend: ANY,
    backend: UNCONNECTED,
    lack(nodes) {
      const { backend } = nodes
      if (!isQdisk(nodes) || !backend.has('params') || !/^(?:[\w-]*:)?$/.test(backend.get('params')!)) return undefined
      return { turn: 'toolstack', text: 'params names no image: a drive without a medium is not connected.' }
    },
  },
  {
    frontend: PUBLISHED,
    backend: UNCONNECTED,
    lack(nodes) {
      const missing = queuesOf(nodes).flatMap((queue) => [
        ...(ringRefKeys(nodes, queue).length === 0 ? [`${queue.prefix}ring-ref`] : []),
        ...(nodes.frontend.has(`${queue.prefix}event-channel`) ? [] : [`${queue.prefix}event-channel`]),
      ])
      // What xl block-list prints is no listing of the folder.
      if (!nodes.frontend.has('device-type') || missing.length === 0) return undefined
      const more = missing.length > 4 ? ` and ${missing.length - 4} more` : ''
      return {
        turn: 'frontend',
        text: `The frontend has not written ${missing.slice(0, 4).join(', ')}${more}: no backend connects without.`,
      }
    },
  },
  {
    frontend: PUBLISHED,
    backend: UNCONNECTED,
    lack: ({ frontend, backend }) => beyond(frontend, 'multi-queue-num-queues', backend, 'multi-queue-max-queues', 1n),
  },
  {
    frontend: PUBLISHED,
    backend: UNCONNECTED,
    lack: ({ frontend, backend }) => beyond(frontend, 'ring-page-order', backend, 'max-ring-page-order', 0n),
  },
  {
    frontend: PUBLISHED,
    backend: UNCONNECTED,
    lack({ frontend }) {
      const protocol = frontend.get('protocol')
      if (protocol === undefined || /^(?:x86_32-abi|x86_64-abi|arm-abi|native)$/.test(protocol)) return undefined
      return {
        turn: 'frontend',
        text: `protocol is ${quoted(frontend, 'protocol')}, which blkif.h does not have: blkback refuses it.`,
      }
    },
  },
  {
    frontend: '3',
    backend: '4',
    lack({ backend }) {
      // A text without the folder of the backend does not say what is in it.
      if (!backend.has('frontend')) return undefined
      const missing = ['sectors', 'sector-size', 'info'].filter((key) => !backend.has(key))
      return missing.length === 0
        ? undefined
        : {
            turn: 'backend',
            text: `The backend has not published ${missing.join(', ')}, without which the frontend does not connect.`,
          }
    },
  },
  {
    frontend: ANY,
    backend: UNCONNECTED,
    lack(nodes) {
      const { backend } = nodes
      if (backend.get('online') !== '0') return undefined
      return { turn: 'toolstack', text: 'online is 0: the toolstack takes the device away.' }
    },
  },
]

/** The frontend asks for more than the backend offers. @param otherwise what a backend offers that says nothing */
function beyond(
  frontend: ReadonlyMap<string, string>,
  asked: string,
  backend: ReadonlyMap<string, string>,
  offered: string,
  otherwise: bigint,
): Lack | undefined {
  const wants = numberOf(frontend, asked)
  const most = numberOf(backend, offered) ?? otherwise
  if (wants === undefined || wants <= most || backend.size === 0) return undefined
  return {
    turn: 'frontend',
    text: `${asked} is ${wants}, and the backend ${backend.has(offered) ? `offers ${offered} ${most}` : `has no ${offered}`}: it refuses the connection.`,
  }
}

/** What keeps two ends in these states from going on. @param frontend,backend a digit each, undefined where unknown */
export function lacksOf(nodes: XenstoreNodes, frontend: string | undefined, backend: string | undefined): Lack[] {
  return NEEDS.filter((need) => need.frontend.includes(frontend ?? '?') && need.backend.includes(backend ?? '?')).flatMap(
    (need) => need.lack(nodes) ?? [],
  )
}
