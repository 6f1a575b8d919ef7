// What XenStore would hold of the emulated device, as `xenstore-ls -f` prints it: the frontend's nodes as its driver publishes
// them, and of the backend's what the driver read to agree on them.
import type { ScenarioConfig } from '../../blkfront/index.ts'
import { abiByName } from '../../codec/struct/abi.ts'
import { SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { protocolOfAbi } from '../../codec/xen/protocols.ts'
import { XENBUS_CONNECTED, XENBUS_INITIALISED } from '../../codec/xen/xenbus.ts'
import { backendPath, frontendPath } from '../../xenstore/names.ts'
import { vdevOfHandle } from '../../xenstore/vdev.ts'
import { nodeLines } from '../../xenstore/write.ts'

const FRONTEND_DOMAIN = 1
const BACKEND_DOMAIN = 0
/** A disk without end: 2^55 sectors are as many as 64-bit byte offsets reach. */
const SECTORS = 2n ** 55n

/** @param ringGrefs of each queue, in ring-ref order @param connected the driver lived to see itself connected */
export function xenstoreText(config: ScenarioConfig, ringGrefs: readonly (readonly number[])[], connected: boolean): string {
  const device = vdevOfHandle(config.handle)
  const frontend = frontendPath({ domain: FRONTEND_DOMAIN, vdev: device })
  const backend = backendPath(BACKEND_DOMAIN, 'vbd', FRONTEND_DOMAIN, device)
  const state = String(connected ? XENBUS_CONNECTED : XENBUS_INITIALISED)
  return [
    `# ${frontend}`,
    ...lines(frontend, { ...frontendNodes(config, ringGrefs), backend, state }),
    '# backend',
    ...lines(backend, { ...backendNodes(config), frontend, state: String(XENBUS_CONNECTED) }),
    '',
  ].join('\n')
}

/** The port of the first queue's event channel; those of the others follow. */
const FIRST_PORT = 7

function frontendNodes(config: ScenarioConfig, ringGrefs: readonly (readonly number[])[]): Record<string, string> {
  const abi = abiByName(config.abi)!
  const order = Math.log2(config.ringPages)
  return {
    'backend-id': String(BACKEND_DOMAIN),
    'device-type': 'disk',
    ...(order === 0 ? {} : { 'ring-page-order': String(order) }),
    ...(ringGrefs.length === 1 ? queueNodes(ringGrefs[0]!, order, 0, '') : severalQueues(ringGrefs, order)),
    // What it can do, whether or not the backend can.
    'feature-persistent': '1',
    protocol: protocolOfAbi(abi),
    ...(config.driver === 'modern' ? { trusted: config.bounce && !config.persistent ? '0' : '1' } : {}),
    'virtual-device': String(vdevOfHandle(config.handle)),
  }
}

/** What a device with several queues has none of at its top: ring-ref and event-channel. */
function severalQueues(ringGrefs: readonly (readonly number[])[], order: number): Record<string, string> {
  // A folder of XenStore is a node too.
  const queues = ringGrefs.map((grefs, queue) => ({
    [`queue-${queue}`]: '',
    ...queueNodes(grefs, order, queue, `queue-${queue}/`),
  }))
  return Object.assign({ 'multi-queue-num-queues': String(ringGrefs.length) }, ...queues)
}

function queueNodes(ringGrefs: readonly number[], order: number, queue: number, prefix: string): Record<string, string> {
  // A driver that got no reference for its ring publishes none.
  const names = order === 0 ? ['ring-ref'] : ringGrefs.map((_, i) => `ring-ref${i}`)
  return {
    [`${prefix}event-channel`]: String(FIRST_PORT + queue),
    ...Object.fromEntries(ringGrefs.map((gref, i) => [`${prefix}${names[i]}`, String(gref)])),
  }
}

function backendNodes(config: ScenarioConfig): Record<string, string> {
  const bit = (on: boolean) => (on ? '1' : '0')
  return {
    'frontend-id': String(FRONTEND_DOMAIN),
    'feature-barrier': bit(config.featureFua),
    'feature-flush-cache': bit(config.featureFlush && !config.featureFua),
    'feature-discard': bit(config.featureDiscard),
    ...(config.featureDiscard ? { 'discard-granularity': String(SECTOR_SIZE), 'discard-alignment': '0' } : {}),
    'discard-secure': bit(config.featureSecdiscard),
    'feature-persistent': bit(config.persistent),
    'feature-max-indirect-segments': String(config.maxIndirectSegments),
    'max-ring-page-order': String(Math.log2(config.ringPages)),
    ...((config.queues ?? 1) > 1 ? { 'multi-queue-max-queues': String(config.queues) } : {}),
    info: '0',
    mode: 'w',
    'sector-size': String(SECTOR_SIZE),
    'physical-sector-size': String(SECTOR_SIZE),
    sectors: String(SECTORS),
  }
}

function lines(root: string, nodes: Readonly<Record<string, string>>): string[] {
  return nodeLines(root, Object.entries(nodes)).sort()
}
