// One request before a backend: the first of its looks that applies decides, then the references.
import { type Asked, MAX_U8 } from './asked.ts'
import { type Grants, type UnmetGrant, unmetGrant } from './grants.ts'
import type { BackendModel, BackendRow, Outcome } from './model.ts'

const PASSED: BackendRow = {
  test: ({ disk }) => (disk.sectors === undefined ? 'passes every test; the size of the disk is not known' : 'passes every test'),
  outcome: 'accept',
  applies: () => true,
}

/** What a backend makes of a request. */
export interface Judgement {
  readonly outcome: Outcome
  /** The look that decided; where a reference did, the one before. */
  readonly row: BackendRow
  /** The reference that decided. */
  readonly unmet: UnmetGrant | undefined
}

/** The looks of a backend at each operation byte, in the order of its table, found once. */
const looks = new WeakMap<BackendModel, readonly (readonly BackendRow[])[]>()

function looksAt(model: BackendModel, operation: number): readonly BackendRow[] {
  let all = looks.get(model)
  if (!all) {
    all = Array.from({ length: MAX_U8 + 1 }, (_, byte) => model.rows.filter(({ of }) => of?.includes(byte) ?? true))
    looks.set(model, all)
  }
  return all[operation]!
}

/** @param grants the guest's grant table, where it is known @param domain the domain that the backend runs in, where it is known */
export function judgeRequest(asked: Asked, model: BackendModel, grants: Grants | undefined, domain: number | undefined): Judgement {
  let row = PASSED
  for (const candidate of looksAt(model, asked.request.operation))
    if (candidate.applies(asked)) {
      row = candidate
      break
    }
  const { outcome } = row
  const unmet = grants && (outcome === 'accept' || outcome === 'unknown') ? unmetGrant(asked, grants, domain) : undefined
  return { outcome: unmet ? 'ERROR' : outcome, row, unmet }
}

/** What decided, in words. */
export function reasonOf({ row, unmet }: Judgement, asked: Asked): string {
  return unmet?.why ?? (typeof row.test === 'string' ? row.test : row.test(asked))
}
