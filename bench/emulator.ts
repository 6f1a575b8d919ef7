// Requests a second that the emulator carries from submit to completion, in CPU time, and what it leaves on the heap.
import { Backend, type BlockRequest, type DriverName, Frontend, type ScenarioConfig } from '../src/blkfront/index.ts'

const BATCH = 16

export interface EmulatorFigures {
  readonly driver: DriverName
  readonly persistent: boolean
  readonly requests: number
  /** Of CPU time, user and system. */
  readonly requestsPerSecond: number
  /** Of the heap and of array buffers, from the first quarter of the run to its end. */
  readonly heapGrowthBytes: number
}

/** Carries 4 KiB requests, reads and writes in turn, in batches of 16: submit, push, consume, respond, pushResponses, interrupt. */
export function measureEmulator(driver: DriverName, persistent: boolean, requests: number): EmulatorFigures {
  const frontend = new Frontend(configOf(driver, persistent))
  const backend = new Backend(frontend.ring, frontend.guest)
  carry(frontend, backend, requests / 4)
  const heap = usedBytes()
  const before = process.cpuUsage()
  carry(frontend, backend, requests)
  const { user, system } = process.cpuUsage(before)
  if (frontend.fatal) throw new Error(frontend.fatal.reason)
  const requestsPerSecond = Math.round(requests / ((user + system) / 1e6))
  return { driver, persistent, requests, requestsPerSecond, heapGrowthBytes: usedBytes() - heap }
}

function carry(frontend: Frontend, backend: Backend, requests: number): void {
  const { persistent } = frontend.config
  let completed = 0
  for (let serial = 0; serial < requests; serial += BATCH) {
    for (let i = 0; i < BATCH; i++) frontend.submit(requestOf(serial + i))
    frontend.push()
    for (const taken of backend.consume(true).requests) {
      const mapped = persistent ? taken.grefs : []
      backend.respond({ id: taken.id, operation: taken.operation, status: 0, mapped, raw: false })
    }
    backend.pushResponses()
    completed += frontend.interrupt().length
  }
  if (completed < requests) throw new Error(`${completed} of ${requests} requests completed`)
}

function requestOf(serial: number): BlockRequest {
  const op = serial % 2 === 0 ? 'read' : 'write'
  return { serial, op, fua: false, sector: BigInt(serial * 8), nrSectors: 0, segments: [[256 + (serial % 4096), 0, 4096]] }
}

function usedBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function configOf(driver: DriverName, persistent: boolean): ScenarioConfig {
  return {
    driver,
    abi: 'x86_64',
    pageSize: 4096,
    ringPages: 1,
    persistent,
    bounce: persistent,
    maxIndirectSegments: 32,
    handle: 51712,
    fill: 0,
    featureFlush: false,
    featureFua: false,
    featureDiscard: false,
    featureSecdiscard: false,
    grants: { freeList: [[8, 504]], frames: 1, maxFrames: 64 },
    allocPfnBase: 65536,
  }
}
