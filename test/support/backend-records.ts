// Records of what real backends answered (README.md of test/check/backends), made into dumps: the ring as it was published, with
// XenStore, the indirect pages and a grant table that gives access to what the record says.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BackendRecord } from '../../scripts/replay/backend-record.ts'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import type { DecodedRing } from '../../src/check/index.ts'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import { abiOfProtocol } from '../../src/codec/xen/protocols.ts'
import { namedGrantTable } from '../../src/image/index.ts'

export const OUR_RECORDS = join(import.meta.dirname, '../check/backends')

/** The records of all files of a folder, each with the run that it is of. */
export function backendRecords(folder: string): BackendRecord[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(folder, name)))
        .toString()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const record = JSON.parse(line) as BackendRecord
          return { ...record, file: record.file ?? name }
        }),
    )
}

const PAGE = 4096
/** The kernel's own grants at work: flags of permit_access, and of a reference that may only be read. */
const WRITABLE = 1
const READ_ONLY = 5

export function dumpOf(record: BackendRecord): Capture {
  const { frontend, backend, grants, before, published } = record
  const abi = abiOfProtocol(frontend.protocol)!
  const bytes = new Uint8Array(frontend.ring_pages * PAGE)
  const header = new DataView(bytes.buffer)
  const indices = [published, before.req_prod + 1, before.rsp_prod, before.rsp_prod + 1]
  for (const [i, index] of indices.entries()) header.setUint32(4 * i, index >>> 0, true)
  const geometry = ringGeometry(abi, frontend.ring_pages)
  for (const { slot, bytes: hex } of record.requests) bytes.set(Buffer.from(hex, 'hex'), slotOffset(geometry, slot))
  const pages = Object.entries(record.indirect_pages).map(([gref, hex]) => {
    const page = new Uint8Array(PAGE)
    page.set(Buffer.from(hex, 'hex'))
    return [Number(gref), page] as const
  })
  const nodes = Object.entries({ ...frontend, 'backend-id': 0, 'virtual-device': frontend.vdev })
  return {
    source: record.case,
    queue: undefined,
    snapshot: 0,
    number: undefined,
    bytes,
    indirectPages: new Map(pages),
    xenstore: {
      frontend: new Map(nodes.map(([key, value]) => [key, String(value)])),
      backend: new Map(Object.entries(backend.xenstore)),
    },
    grants: () => namedGrantTable(grantTable(grants)),
    findings: [],
  }
}

export function decodedOf(record: BackendRecord): DecodedRing {
  return decodeCapture(dumpOf(record))
}

/** One frame of a table of version 1: console's and XenStore's rings, and what the record has. */
function grantTable({ data, indirect, read_only, ring }: BackendRecord['grants']): Uint8Array {
  const bytes = new Uint8Array(PAGE)
  const table = new DataView(bytes.buffer)
  const give = (grefs: readonly number[], flags: number) => {
    for (const gref of grefs) {
      table.setUint16(8 * gref, flags, true)
      table.setUint32(8 * gref + 4, 0x1000 + gref, true)
    }
  }
  give([0, 1, ring, ...data, ...indirect], WRITABLE)
  give(read_only, READ_ONLY)
  return bytes
}
