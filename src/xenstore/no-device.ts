// Why a text names no block device, or no ring of one, where its words tell.
import { count } from '../codec/struct/count.ts'
import { missingParts } from './missing.ts'
import type { Vbd } from './nodes.ts'

/** What is said of a text that names no block device, by what stands in it; the first that fits. */
const REASONS: readonly (readonly [text: RegExp, problem: string, cure: string])[] = [
  [
    /^[^\w\n]*xenstore-ls: .*denied/im,
    'XenStore refused the listing, which names no block device',
    'a guest may list its own devices: xenstore-ls -f device/vbd; the host all: xenstore-ls -f as root',
  ],
  [/^[^\w\n]*xenstore-(?:ls|list|read): /im, "the tool's own complaint, no listing", 'xenstore-ls -f prints one'],
  [
    /Name +ID +Mem/,
    'the domains that xl list prints, without their devices',
    'xl block-list DOMAIN, xl list -l or xenstore-ls -f has them',
  ],
]

/** What is wrong with a text that has no block device, and what to give in its place; undefined where nothing in it tells. */
export function reasonOfNone(text: string): { readonly problem: string; readonly cure: string } | undefined {
  const [, problem, cure] = REASONS.find(([like]) => like.test(text)) ?? []
  return problem === undefined || cure === undefined ? undefined : { problem, cure }
}

/** Why a listing does not say where the rings of its devices are, in a phrase. @param nodes how many of XenStore it has */
export function unusedListing(vbds: readonly Vbd[], nodes: number, text: string): string {
  const [missing] = missingParts(vbds)
  if (missing) return `it has no frontend's nodes, which say where the rings are (xenstore-ls -f ${missing.folder})`
  const { problem } = reasonOfNone(text) ?? {}
  if (problem !== undefined) return problem
  return nodes === 0 ? 'no node of XenStore is in it' : `none of its ${count(nodes, 'node')} of XenStore is of a block device`
}
