// The findings of a ring: each jumps to its slot and byte, and has what its rule means, why it matters, what to do, and the source.

import { count, hexNumber } from '../../print/text.ts'
import { h, type Markup } from '../markup.ts'
import type { ReportFinding, ReportRule } from '../model.ts'
import { placeHash } from './place.ts'

export function findingsMarkup(
  findings: readonly ReportFinding[],
  rules: Readonly<Record<string, ReportRule>>,
  place: { readonly ring: number; readonly moment: number | undefined },
): Markup {
  if (findings.length === 0) return h('p', { class: 'none' }, 'None: no rule of blkring check says anything of this ring.')
  const groups = new Map<string, ReportFinding[]>()
  for (const finding of findings) {
    const own = groups.get(finding.rule)
    if (own) own.push(finding)
    else groups.set(finding.rule, [finding])
  }
  const grave = (id: string) => ['error', 'warning', 'note'].indexOf(rules[id]?.severity ?? 'note')
  const ordered = [...groups].sort(([a], [b]) => grave(a) - grave(b))
  return h(
    'div',
    { class: 'findings' },
    ordered.map(([id, own]) => group(id, own, rules[id], place)),
  )
}

function group(
  id: string,
  findings: readonly ReportFinding[],
  rule: ReportRule | undefined,
  place: { readonly ring: number; readonly moment: number | undefined },
): Markup {
  const severity = rule?.severity ?? 'note'
  return h(
    'section',
    { class: `finding ${severity}` },
    h(
      'h4',
      {},
      h('span', { class: 'severity' }, severity),
      ' ',
      h('code', {}, id),
      findings.length > 1 && ` (${count(findings.length, 'finding')})`,
    ),
    rule && h('p', {}, rule.summary),
    h(
      'ul',
      {},
      findings.map((finding) => h('li', {}, where(finding, place), finding.message)),
    ),
    rule &&
      h(
        'details',
        {},
        h('summary', {}, 'what it means, and what to do'),
        h(
          'dl',
          {},
          [
            ['means', rule.means],
            ['matters', rule.matters],
            ['to do', rule.todo],
            ['source', rule.source],
          ].map(([label, text]) => [h('dt', {}, label!), h('dd', {}, text!)]),
        ),
      ),
  )
}

function where(
  { slot, offset }: ReportFinding,
  place: { readonly ring: number; readonly moment: number | undefined },
): Markup | false {
  if (slot === undefined && offset === undefined) return false
  const words = [slot === undefined ? '' : `slot ${slot}`, offset === undefined ? '' : hexNumber(offset)].filter(
    (word) => word !== '',
  )
  return h('a', { class: 'jump', href: placeHash({ ...place, slot, at: offset }) }, words.join(', '))
}
