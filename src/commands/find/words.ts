// What speaks for a ring, in words.
import { GTF_reading, GTF_writing } from '../../codec/xen/grant-table.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { type Doubt, type FoundRing, type ImageMap, type JoinedBy, lackText, type Unread } from '../../image/index.ts'
import { count } from '../../print/text.ts'

/** How much of an image is not there; undefined where nothing is known to be missing. */
export function unreadWords({ bytes, more }: Unread): string | undefined {
  if (bytes === 0) return more ? 'the image breaks off, and does not say how much it held' : undefined
  const least = more ? 'at least ' : ''
  const pages = Math.floor(bytes / XEN_PAGE_SIZE)
  if (pages === 0) return `${least}${count(bytes, 'byte')}, no whole page`
  return `${least}${count(bytes, 'byte')} (${count(pages, 'page')}) that the image says it holds`
}

const JOINED: Readonly<Record<JoinedBy, string | undefined>> = {
  one: undefined,
  following: 'its pages follow each other in the image',
  grants: 'its pages were joined by their grant references',
  xenstore: 'XenStore names its pages',
}

/** One phrase for each thing that speaks for the ring, or against it. */
export function ringEvidence(ring: FoundRing, map: ImageMap): string[] {
  const { score, joined, named } = ring
  const { abi, used: all, cleared, good, nearEvents, quiet, anyAbi } = score
  const used = all - cleared
  const words: (string | undefined)[] = ['48 zero bytes at 16, possible indices']
  if (score.score === 0) words[0] = 'does not read as a ring'
  else if (all === 0) words.push('no slot used yet, both events 1: an unused ring of another protocol looks the same')
  else if (used === 0) words.push('every used slot is cleared, as by a frontend that took all responses')
  else words.push(slotsText(used, good, anyAbi ? 'under either stride' : `as ${abi.name}`))
  if (abi.name !== 'x86_32' && !named?.ring.abi && map.arm === undefined && !anyAbi) words.push('arm-abi is laid out alike')
  if (used > 0 && cleared > 0) words.push(`the frontend cleared the other ${cleared}`)
  if (all > 0) words.push(eventsText(nearEvents), quiet ? 'what nobody has written yet is zero' : undefined)
  words.push(JOINED[joined], lackText(ring), grantText(ring), namedText(ring), indirectText(ring), ...ring.doubts.map(doubtText))
  return words.filter((word) => word !== undefined)
}

function slotsText(used: number, good: number, how: string): string {
  if (good === 2 * used) return used === 1 ? `the one used slot reads well ${how}` : `all ${used} used slots read well ${how}`
  return `what ${used} used slots hold reads well to ${Math.floor((100 * good) / (2 * used))}% ${how}`
}

function eventsText([request, response]: readonly [boolean, boolean]): string {
  if (request && response) return 'both events near their producers'
  if (!request && !response) return 'neither event near its producer'
  return `${request ? 'rsp_event' : 'req_event'} far from its producer`
}

function grantText({ table, refs, numbers }: FoundRing): string | undefined {
  const [gref] = refs
  const grant = gref === undefined ? undefined : table?.get(gref)
  if (!grant || !numbers) return undefined
  const mapped = grant.flags & (GTF_reading | GTF_writing) ? ', which maps it' : ''
  return `granted to domain ${grant.domid} by reference ${gref}${mapped}`
}

function namedText({ named }: FoundRing): string | undefined {
  switch (named?.by) {
    case 'ring-ref':
      return 'XenStore names it'
    case 'handle':
      return 'its requests carry the number of the device'
    case 'only':
      return 'no other ring and no other device are left'
    default:
      return undefined
  }
}

function indirectText({ indirect, missing, table }: FoundRing): string | undefined {
  const found = indirect.size > 0 ? `${count(indirect.size, 'indirect page')} found` : undefined
  const without = missing.length > 0 ? `${count(missing.length, 'indirect page')} not found (${list(missing)})` : undefined
  const words = [found, without].filter((word) => word !== undefined)
  return table && words.length > 0 ? words.join(', ') : undefined
}

function doubtText(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'ungranted':
      return 'no reference gives it away: an old ring, or that of another guest'
    case 'unnamed':
      return 'XenStore does not name it'
    case 'copy':
      return `the same bytes as ring ${doubt.of}: one may be a copy`
    case 'maybe-longer':
      return 'not wrapped yet: it may have more pages'
  }
}

const SHOWN = 8

function list(grefs: readonly number[]): string {
  const [shown, more] = [grefs.slice(0, SHOWN).join(', '), grefs.length - SHOWN]
  return `gref ${shown}${more > 0 ? ` and ${more} more` : ''}`
}
