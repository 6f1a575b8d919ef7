// A device that was judged to what a report says of it, in words.

import { CONNECTED_ANEW } from '../codec/ring/replaced.ts'
import { type DeviceCase, type Remark, type RingDiagnosis, type Verdict, worst } from '../doctor/index.ts'
import { driverText, owesText, TITLES, waitingText } from '../print/diagnosis-words.ts'
import { lostText, openText } from '../print/replaced-text.ts'
import type { ReportDevice, ReportList, ReportVerdict, RingLink } from './model.ts'

/** Requests that wait, and evidence, to this number. */
const MAX_ITEMS = 40

/**
 * @param rings places of its rings in the report, a queue each; undefined where a ring is not at hand
 * @param replaced the rings that they came in the place of
 */
export function deviceOf(
  title: string,
  judged: DeviceCase,
  rings: readonly (number | undefined)[],
  replaced: readonly RingLink[],
): ReportDevice {
  const { diagnoses, verdicts, remarks, next } = judged
  const [main, ...also] = verdicts as [Verdict, ...Verdict[]]
  const shown = diagnoses.length > 0 ? worst(diagnoses) : undefined
  const lists: readonly ReportList[] = [
    { label: 'could be', items: main.causes },
    { label: 'also', items: also.map((v) => `${TITLES[v.verdict]} (${v.sureness}): ${v.text}`) },
    { label: 'who owes', items: shown ? [owesText(shown)] : [] },
    { label: 'evidence', items: shown?.evidence ?? [] },
    { label: 'against it', items: remarksOf(remarks, true) },
    { label: 'also said', items: remarksOf(remarks, false) },
    { label: 'replaced', items: shown ? replacedOf(shown) : [] },
    {
      label: shown && shown.moments > 1 ? 'waiting longest' : 'waiting, oldest first',
      items: shown?.waiting.map(waitingText) ?? [],
    },
    { label: 'looks like', items: shown ? [driverText(shown)] : [] },
    { label: 'to settle', items: shown?.settles === undefined ? [] : [shown.settles] },
  ]
  return {
    title: judged.name === undefined || title.includes(judged.name) ? title : `${judged.name}: ${title}`,
    verdict: verdictOf(main),
    lists: lists.filter(({ items }) => items.length > 0).map(cut),
    next,
    rings: [...rings, ...replaced.map(({ ring }) => ring)].filter((ring) => ring !== undefined),
    links:
      diagnoses.length + replaced.length > 1
        ? [
            ...diagnoses.map(({ last: { queue, source }, verdicts: [v] }, i) => ({
              text: `${queue === undefined ? source : `queue ${queue}`}: ${TITLES[v!.verdict]} (${v!.sureness})`,
              ring: rings[i],
            })),
            ...replaced,
          ]
        : [],
  }
}

/** A device of which nothing can be said but what its ring shows. @param problem why, in one phrase */
export function deviceUnjudged(title: string, problem: string, ring: number): ReportDevice {
  return {
    title,
    verdict: {
      name: 'not-shown',
      title: 'cannot be judged',
      sureness: 'may',
      problem: false,
      text: `${problem}: whether requests wait on it, and for whom, cannot be told. What of the ring is there is shown.`,
    },
    lists: [{ label: 'to settle', items: ['The ring from its first byte: the page with its header.'] }],
    next: [],
    rings: [ring],
    links: [],
  }
}

function verdictOf({ verdict, sureness, problem, text }: Verdict): ReportVerdict {
  return { name: verdict, title: TITLES[verdict], sureness, problem, text }
}

function remarksOf(remarks: readonly Remark[], contradicts: boolean): string[] {
  return remarks
    .filter((remark) => remark.contradicts === contradicts)
    .map(({ source, line, text }) => `${source}${line === undefined ? '' : `:${line}`}: ${text}`)
}

function replacedOf({ replaced }: RingDiagnosis): string[] {
  if (!replaced) return []
  const { before, why, redone } = replaced
  const open = (redone?.requests ?? []).filter(({ again }) => again !== 'whole')
  return [
    `a new ring in the place of that of ${before}: ${CONNECTED_ANEW}; ${why}. It is judged alone.`,
    ...(redone ? [lostText(redone, open.length)] : []),
    ...open.map(openText),
  ]
}

function cut({ label, items }: ReportList): ReportList {
  const more = items.length - MAX_ITEMS
  return { label, items: more > 0 ? [...items.slice(0, MAX_ITEMS), `and ${more} more`] : items }
}
