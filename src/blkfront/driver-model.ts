// What differs between the three Linux drivers that are emulated, each difference named once. Everything else in this room
// is common to all of them. Source of every line: the golden vectors, recorded from the drivers' own compiled code.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { DriverName } from './config.ts'

/**
 * What tells one emulated driver from the others; everything else is common to them. The source of every line is the golden
 * vectors, recorded from the drivers' own compiled code.
 */
export interface DriverModel {
  readonly name: DriverName
  /**
   * `slot`: a request is written field by field in its ring slot, and bytes not written keep what the slot held.
   * `shadow`: it is built in a buffer that belongs to its id and copied whole, and bytes not written are those of the id's previous request.
   */
  readonly requestBuffer: 'slot' | 'shadow'
  /** Every page that the driver allocates is zeroed; otherwise it shows what it held before (`fill`). */
  readonly zeroesPages: boolean
  /** Linux pages of the ring: the next power of two, or as many as its bytes need. */
  readonly ringPages: 'power-of-two' | 'exact'
  /** References reserved before a request is written: all that it may need, or only those that idle persistent grants do not cover. */
  readonly reserves: 'all' | 'missing'
  /** References that the restart callback waits for when the table is exhausted. */
  readonly restartWaitsFor: 'all' | 'missing'
  /** How unused reserved references return to the free list: the rest of the list as it is, or one by one, which reverses it. */
  readonly returnsUnused: 'spliced' | 'one-by-one'
  /** Where the references of a new grant frame enter the free list. */
  readonly growsAt: 'front' | 'back'
  /** Slot, id and producer index are taken, and the id is written, before the driver looks at what the request needs. */
  readonly takesSlotFirst: boolean
  /** The limit that kills the driver is checked in segments times chunks a page, before they are cut into chunks. */
  readonly limitsSegments: boolean
  /** A segment of 12 to 16 chunks goes out as two requests where indirect requests are off. */
  readonly splitsRequests: boolean
  /** Bytes of the scatter-gather table: a limit in chunks that is no multiple of a page's is rounded. */
  readonly tableRounds: 'down' | 'up'
  /** The merged status of a split request is written back into the shared ring. */
  readonly mergesStatusInRing: boolean
  /** Checks responses, and disables the disk at the first one that cannot be right. Otherwise the backend is believed. */
  readonly checksResponses: boolean
  /** Ends idle persistent grants from time to time. */
  readonly purges: boolean
  /** An offer of feature-max-indirect-segments up to this counts as none. */
  readonly ignoresIndirectUpTo: number
  /** References of a ring's pages: taken as long as there are any, or not at all where they do not suffice. */
  readonly ringGrants: 'one-by-one' | 'all-or-none'
  /** More than one ring, where both sides can. */
  readonly hasQueues: boolean
  /** The bounce buffers that an untrusted backend asks for. */
  readonly bouncesUntrusted: boolean
  /** When requests in flight are looked at after a suspend: before the old ring is torn down, or when the new backend is connected. */
  readonly recovers: 'at-resume' | 'at-reconnect'
  /**
   * Which requests are kept whole across a suspend: flushes, FUA writes and discards, or whatever is in flight if the request whose id is
   * the queue's number is a flush or a discard (a slip of Linux 4.9; only FUA is looked for in the request itself).
   */
  readonly keeps: 'by-own-operation' | 'by-operation-of-queue-number'
  /** Bios with more segments than the new limit are cut by 4 KiB a segment, whatever their segments' sizes. */
  readonly cutsBios: boolean
  /** Limits that are set again after a resume: all, or only the number of segments, and that in chunks. */
  readonly resetsLimits: 'all' | 'segments-in-chunks'
  /** discard-secure of a new backend counts only where the node exists. */
  readonly keepsSecdiscardWithoutNode: boolean
  /** The old ring is freed as so many Linux pages as it has Xen pages, neighbours' included. */
  readonly freesRingByXenPages: boolean
}

const seed: DriverModel = {
  name: 'seed',
  requestBuffer: 'slot',
  zeroesPages: false,
  ringPages: 'power-of-two',
  reserves: 'missing',
  restartWaitsFor: 'all',
  returnsUnused: 'spliced',
  growsAt: 'front',
  takesSlotFirst: false,
  limitsSegments: true,
  splitsRequests: false,
  tableRounds: 'down',
  mergesStatusInRing: false,
  checksResponses: false,
  purges: false,
  ignoresIndirectUpTo: 0,
  ringGrants: 'one-by-one',
  hasQueues: false,
  bouncesUntrusted: false,
  recovers: 'at-reconnect',
  keeps: 'by-own-operation',
  cutsBios: true,
  resetsLimits: 'segments-in-chunks',
  keepsSecdiscardWithoutNode: true,
  freesRingByXenPages: true,
}

const extraReq: DriverModel = {
  ...seed,
  name: 'extra-req',
  reserves: 'all',
  takesSlotFirst: true,
  limitsSegments: false,
  splitsRequests: true,
  mergesStatusInRing: true,
  hasQueues: true,
  recovers: 'at-resume',
  keeps: 'by-operation-of-queue-number',
  resetsLimits: 'all',
  freesRingByXenPages: false,
}

const modern: DriverModel = {
  ...extraReq,
  name: 'modern',
  requestBuffer: 'shadow',
  zeroesPages: true,
  ringPages: 'exact',
  reserves: 'missing',
  restartWaitsFor: 'missing',
  returnsUnused: 'one-by-one',
  growsAt: 'back',
  tableRounds: 'up',
  mergesStatusInRing: false,
  checksResponses: true,
  purges: true,
  ignoresIndirectUpTo: BLKIF_MAX_SEGMENTS_PER_REQUEST,
  ringGrants: 'all-or-none',
  bouncesUntrusted: true,
  keeps: 'by-own-operation',
  cutsBios: false,
  keepsSecdiscardWithoutNode: false,
}

/** `seed`: Linux 4.4's development commit that brought 64 KiB pages. `extra-req`: Linux 4.9. `modern`: Linux 6.1. */
export const DRIVER_MODELS: Readonly<Record<DriverName, DriverModel>> = { seed, 'extra-req': extraReq, modern }

/**
 * `maxIndirectSegments` as the driver negotiates it.
 * @param offer feature-max-indirect-segments of the backend, 0 where it has none
 * @param moduleParameter the driver's own cap, 32 unless it was told otherwise
 */
export function negotiatedIndirectSegments(model: DriverModel, offer: number, moduleParameter = 32): number {
  const agreed = Math.min(offer, moduleParameter)
  return agreed <= model.ignoresIndirectUpTo ? 0 : agreed
}

/** 4 KiB chunks of a Linux page. */
export function chunksPerPage(pageSize: number): number {
  return pageSize / XEN_PAGE_SIZE
}

/** The most chunks that a request's tables hold: the negotiated limit, or without indirect requests what one or two slots take. */
export function grantsPerRequest(model: DriverModel, maxIndirectSegments: number, pageSize: number): number {
  if (maxIndirectSegments > 0) return maxIndirectSegments
  return splitsAt(model, pageSize) ? chunksPerPage(pageSize) : BLKIF_MAX_SEGMENTS_PER_REQUEST
}

/** The driver sends two requests for one where a Linux page does not fit in a direct request. */
export function splitsAt(model: DriverModel, pageSize: number): boolean {
  return model.splitsRequests && chunksPerPage(pageSize) > BLKIF_MAX_SEGMENTS_PER_REQUEST
}

/** Entries of a request's scatter-gather table. With 0 the driver dies while it connects. */
export function segmentsPerRequest(model: DriverModel, maxIndirectSegments: number, pageSize: number): number {
  const pages = grantsPerRequest(model, maxIndirectSegments, pageSize) / chunksPerPage(pageSize)
  return model.tableRounds === 'up' ? Math.ceil(pages) : Math.floor(pages)
}
