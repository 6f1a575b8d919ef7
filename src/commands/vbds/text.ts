// The block devices of a XenStore listing: a table, or JSON with all of their nodes.

import { cellsOf, firstCells } from '../../print/cells.ts'
import type { JsonOf } from '../../print/shape.ts'
import { plainStyle, type Sheet } from '../../print/style.ts'
import { type Column, tableLines } from '../../print/table.ts'
import { count, labelled, printable, titleLines, wrap } from '../../print/text.ts'
import { diskText, missingTexts, nameOfVdev } from '../../print/vbd-text.ts'
import type { VbdListing } from '../../xenstore/devices.ts'
import { missingParts } from '../../xenstore/missing.ts'
import { parseBackendPath } from '../../xenstore/names.ts'
import type { Vbd } from '../../xenstore/nodes.ts'
import { bothHave } from '../../xenstore/nodes.ts'
import { eventChannels, ringRefs } from '../../xenstore/queues.ts'
import type { VBD } from './shape.ts'

const TITLES = [
  'guest',
  'disk',
  'state',
  'protocol',
  'ring-ref',
  'event-channel',
  'sectors',
  'sector-size',
  'mode',
  'features',
  'backend',
]
const COLUMNS: readonly Column[] = TITLES.map((title) => ({ title, align: title.startsWith('sector') ? 'right' : 'left' }))
const NOT_SAID = '-'
/** A node may hold a book. */
const LONGEST = 60

/** The devices, and what the listing does not say of them, and what of the text was not read. */
export function vbdListingText(listing: VbdListing, sheet: Sheet): string {
  const { vbds, others } = listing
  const [first] = others
  const notes = missingTexts(vbds)
  if (first)
    notes.push(
      `${count(others.length, 'line')} of the text ${others.length === 1 ? 'is' : 'are'} no part of a listing (line ${first.number}: ${short(first.text.trim())})`,
    )
  const lines = notes.flatMap((note) => wrap(printable(note), sheet.width).map((line) => sheet.style.unsure(line)))
  return `${vbdsText(vbds, sheet)}${lines.map((line) => `${line}\n`).join('')}`
}

/** A line a device; where such lines are too long for a terminal, a few lines each. */
export function vbdsText(vbds: readonly Vbd[], { style, width }: Sheet): string {
  const rows = vbds.map((vbd) => cells(vbd).map((text) => ({ text: text === '' ? NOT_SAID : short(text) })))
  const lines = tableLines(COLUMNS, rows, plainStyle.dim)
  const fits = lines.every((line) => cellsOf(line) <= width)
  const shown = fits ? tableLines(COLUMNS, rows, style.dim) : rows.flatMap((row) => deviceLines(row, { style, width }))
  return shown.map((line) => `${line}\n`).join('')
}

/** `guest 9 (web)  disk xvda (51712)`, and below it what is said of the others. */
function deviceLines(row: readonly { readonly text: string }[], { style, width }: Sheet): string[] {
  const named = row.map(({ text }, i) => [TITLES[i]!, text] as const)
  const head = named.slice(0, 2).map(([title, text]) => `${title} ${text}`)
  const rest = named.slice(2).filter(([, text]) => text !== NOT_SAID)
  return [...titleLines(head.join('  '), width).map((line) => style.bold(line)), ...labelled(rest, style.dim, width)]
}

function cells(vbd: Vbd): string[] {
  const { domain, guest, frontend, backend } = vbd
  const name = guest === undefined ? '' : ` (${guest})`
  const states = [frontend.get('state'), backend.get('state')].map((state) => state ?? '?').join('/')
  return [
    domain === undefined ? '' : `${domain}${name}`,
    diskText(vbd) ?? '',
    states === '?/?' ? '' : states,
    frontend.get('protocol') ?? '',
    refsText(vbd),
    eventChannels(vbd).join(' '),
    backend.get('sectors') ?? '',
    backend.get('sector-size') ?? '',
    backend.get('mode') ?? '',
    featuresText(vbd),
    backendText(vbd),
  ]
}

/** `9`, `8..11`, or of several queues `0: 8..9, 1: 10..11`. */
function refsText(vbd: Vbd): string {
  const queues = ringRefs(vbd).map(runs)
  if (queues.length <= 1) return queues[0] ?? ''
  return queues.map((refs, queue) => `${queue}: ${refs}`).join(', ')
}

function runs(refs: readonly number[]): string {
  const texts: string[] = []
  for (let from = 0; from < refs.length; ) {
    let to = from
    while (refs[to + 1] === refs[to]! + 1) to++
    texts.push(to === from ? `${refs[from]}` : `${refs[from]}..${refs[to]}`)
    from = to + 1
  }
  return texts.join(' ')
}

const FEATURES: readonly (readonly [node: string, word: string])[] = [
  ['feature-flush-cache', 'flush'],
  ['feature-barrier', 'barrier'],
  ['feature-discard', 'discard'],
]

/** What the backend offers; persistent grants where both ends have them. */
function featuresText(vbd: Vbd): string {
  const { frontend, backend } = vbd
  const offered = FEATURES.flatMap(([node, word]) => (backend.get(node) === '1' ? [word] : []))
  const persistent = bothHave(vbd, 'feature-persistent', '1')
  const segments = backend.get('feature-max-indirect-segments')
  const indirect = segments === undefined || segments === '0' ? [] : [`indirect ${segments}`]
  const untrusted = frontend.get('trusted') === '0' ? ['untrusted'] : []
  return [...(persistent ? ['persistent'] : []), ...indirect, ...offered, ...untrusted].join(', ')
}

/** `phy:/dev/mapper/bt0 in 0`. */
function backendText({ frontend, backend }: Vbd): string {
  const type = backend.get('type')
  const params = backend.get('params') ?? backend.get('physical-device-path') ?? ''
  const domain = frontend.get('backend-id') ?? parseBackendPath(frontend.get('backend'))?.backendDomain
  return [`${type === undefined ? '' : `${type}:`}${params}`, domain === undefined ? '' : `in ${domain}`].filter(Boolean).join(' ')
}

function short(text: string): string {
  const safe = printable(text)
  return cellsOf(safe) <= LONGEST ? safe : `${firstCells(safe, LONGEST - 1)}…`
}

/** `domain` and `guest` null where the listing does not say them; the nodes as they are, by their paths below either end. */
export function vbdJson(vbd: Vbd): JsonOf<typeof VBD> {
  return {
    domain: vbd.domain ?? null,
    guest: vbd.guest ?? null,
    disk: vbd.backend.get('dev') ?? nameOfVdev(vbd.vdev) ?? null,
    protocol: vbd.frontend.get('protocol') ?? null,
    queues: ringRefs(vbd),
    frontend: Object.fromEntries(vbd.frontend),
    backend: Object.fromEntries(vbd.backend),
    missing: missingParts([vbd]).map(({ part }) => part),
  }
}
