// What happened between two moments of a ring, as JSON.
import { isStill, type Transition } from '../../diff/index.ts'
import type { JsonOf } from '../../print/shape.ts'
import { replacedJson } from '../../rows/replaced-json.ts'
import { slotJson } from '../../rows/ring-json.ts'
import type { SideJson } from './json.ts'
import { valueJson } from './json.ts'
import type { TRANSITION } from './shape.ts'

export function transitionJson(a: SideJson, b: SideJson, transition: Transition): JsonOf<typeof TRANSITION> {
  const { queue, order, published, requests, answered, responses, consumed, reused, changed, beingAnswered, replaced } = transition
  return {
    a,
    b,
    ...(queue === undefined ? {} : { queue }),
    order,
    equal: isStill(transition),
    published: { ...published, slots: requests.map(slotJson) },
    answered: { ...answered, slots: responses.map(slotJson) },
    consumed: { requests: { ...consumed.requests }, responses: { ...consumed.responses } },
    reused: reused.map(({ id, ...indices }) => ({ id: String(id), ...indices })),
    findings: changed.map(({ slot, index, path, kind, offset, page, before, after }) => ({
      code: 'request-changed',
      slot,
      index,
      path,
      kind,
      offset,
      ...(page === undefined ? {} : { page }),
      before: valueJson(before),
      after: valueJson(after),
    })),
    ...(replaced === undefined ? {} : { replaced: replacedJson(replaced, replaced) }),
    beingAnswered: [...new Set(beingAnswered.map(({ slot }) => slot))],
  }
}
