// Which references a backend maps or copies for a request, and whether the guest's grant table lets it.

import { operationOf } from '../codec/ring/request.ts'
import { BLKIF_OP_READ } from '../codec/xen/blkif.ts'
import { GTF_readonly } from '../codec/xen/grant-table.ts'
import { numberOf, type XenstoreNodes } from '../xenstore/nodes.ts'
import type { Asked } from './asked.ts'

/** A guest's grant table, as `GrantTable` of blkring has it: undefined for a reference that gives access to no page. */
export interface Grants {
  get(gref: number): { readonly flags: number; readonly domid: number } | undefined
  /** Whether the table is cut off before the entry of the reference, so that nobody knows. */
  lacks?(gref: number): boolean
}

/** The grants that must give access for a request to be accepted. A reference that the request names twice is listed once. */
export interface GrantCondition {
  /** All of them must give access to a page. */
  readonly maps: readonly number[]
  /** Those of them that must give access for writing too. */
  readonly writable: readonly number[]
  /** A grant table beside the ring was asked, and all of it holds. Without it nobody knows. */
  readonly met?: true
}

/** What a backend takes of a request whose fields it has found good. */
export function conditionOf(asked: Asked): GrantCondition | undefined {
  const pages = indirectGrefs(asked)
  const data = asked.segments.map(({ gref }) => gref)
  const maps = [...new Set([...pages, ...data])]
  if (maps.length === 0) return undefined
  const writable = asked.disk.persistent ? maps : fillsPages(asked) ? [...new Set(data)] : []
  return { maps, writable }
}

/** A reference that the backend may not use, and why. */
export interface UnmetGrant {
  readonly gref: number
  readonly why: string
}

/** The first reference of a request that does not give what it must; undefined where all do, as far as the table goes. */
export function unmetGrant(asked: Asked, grants: Grants, backendDomain: number | undefined): UnmetGrant | undefined {
  const { persistent } = asked.disk
  for (const gref of indirectGrefs(asked)) {
    const why = refusal(gref, persistent, asked, grants, backendDomain)
    if (why !== undefined) return { gref, why }
  }
  const write = persistent || fillsPages(asked)
  for (const { gref } of asked.segments) {
    const why = refusal(gref, write, asked, grants, backendDomain)
    if (why !== undefined) return { gref, why }
  }
  return undefined
}

function refusal(gref: number, write: boolean, { disk }: Asked, grants: Grants, domain: number | undefined): string | undefined {
  if (grants.lacks?.(gref)) return undefined
  const grant = grants.get(gref)
  if (!grant) return `reference ${gref} does not map: the grant table gives access to no page by it`
  if (domain !== undefined && grant.domid !== domain)
    return `reference ${gref} does not map: the grant table gives it to domain ${grant.domid}`
  if (write && grant.flags & GTF_readonly)
    return `reference ${gref} is read-only, and ${disk.persistent ? 'feature-persistent maps every page writable' : 'the page is to be filled'}`
  return undefined
}

const NONE: readonly number[] = []

function indirectGrefs({ request }: Asked): readonly number[] {
  return request.kind === 'indirect' ? request.indirect_grefs : NONE
}

function fillsPages({ request }: Asked): boolean {
  return operationOf(request) === BLKIF_OP_READ
}

/** The domain that the frontend was told to grant its pages to. */
export function backendDomainOf(nodes: XenstoreNodes | undefined): number | undefined {
  const id = nodes && numberOf(nodes.frontend, 'backend-id')
  return id === undefined ? undefined : Number(id)
}
