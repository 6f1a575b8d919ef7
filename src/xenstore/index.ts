/**
 * Text of XenStore, as `xenstore-ls` and `xl` print it, to block devices: their nodes on both ends, their queues, their ring references.
 * @module
 */

export { type Connection, connectedAnew, connectionOf } from './connection.ts'
export { listVbds, parseXenstore } from './devices.ts'
export { type Disk, diskOf, sectorUnitOfDisk } from './disk.ts'
export {
  type BackendPath,
  backendPath,
  type DeviceNumbers,
  deviceName,
  type EndPath,
  frontendPath,
  isBlkback,
  isQdisk,
  isTapdisk,
  numbersOf,
  parseBackendPath,
  parseFrontendPath,
} from './names.ts'
export type { Vbd, XenstoreNodes } from './nodes.ts'
export { eventChannels, queueCount, ringRefs } from './queues.ts'
export { maxRequestSegments, offeredSegments } from './segments.ts'
export { diskName, vdevName } from './vdev.ts'
export { deviceText } from './write.ts'
