/**
 * XenStore's text to devices: their nodes, queues and ring references. Pure.
 * @module
 */

export type { XenstoreNodes } from '../codec/xen/xenbus.ts'
export { listVbds, parseXenstore, queueCount, ringRefs, type Vbd } from './devices.ts'
