// Conditions, loops and the ways out of them.
import {
  type Body,
  BranchTarget,
  type Code,
  codeOf,
  type Effect,
  type Expr,
  effect,
  type I32,
  type Nest,
  type Operand,
  valueFrom,
} from './value.ts'

const BLOCK = 0x02
const LOOP = 0x03
const IF = 0x04
const ELSE = 0x05
const BRANCH = 0x0c
const BRANCH_IF = 0x0d
const BRANCH_TABLE = 0x0e
const RETURN = 0x0f

export function when(condition: I32, then: Body, otherwise?: Body): Effect {
  const body: Code = otherwise === undefined ? codeOf(then) : [codeOf(then), ELSE, codeOf(otherwise)]
  return effect(condition.code, nest(IF, body))
}

/** Again and again while the condition holds, which is looked at first. */
export function loopWhile(condition: I32, body: Body): Effect {
  return block((leave) => loop((again) => [leave.unless(condition), body, again.go]))
}

/** At least once, and again while the condition holds. */
export function loopOnce(body: Body, condition: I32): Effect {
  return loop((again) => [body, again.when(condition)])
}

/** A way out of a block, or back to the beginning of a loop. */
export interface Way {
  readonly go: Effect
  when(condition: I32): Effect
  unless(condition: I32): Effect
}

/** Effects that a way leads out of. */
export function block(body: (leave: Way) => Body): Effect {
  const label = new BranchTarget()
  return effect(nest(BLOCK, codeOf(body(wayTo(label))), label))
}

/** Effects that a way leads back to the beginning of. Without that they end as others do. */
export function loop(body: (again: Way) => Body): Effect {
  const label = new BranchTarget()
  return effect(nest(LOOP, codeOf(body(wayTo(label))), label))
}

/**
 * One of the cases by a number.
 * @param places of number n the case; of numbers beyond, the last case
 */
export function choose(number: I32, places: readonly number[], cases: readonly Body[]): Effect {
  const labels = cases.map(() => new BranchTarget())
  const table = [...places, cases.length - 1].map((place) => labels[place]!)
  return block((leave) => {
    let code: Code = [number.code, { opcode: BRANCH_TABLE, to: table }]
    for (const [i, each] of cases.entries()) code = [nest(BLOCK, code, labels[i]), codeOf(each), leave.go.code]
    return effect(code)
  })
}

/** Ends the function. */
export function exit(value?: Operand): Effect {
  return value === undefined ? effect(RETURN) : effect(valueFrom(value).code, RETURN)
}

/** A value that is worked out for what it does. */
export function ignore(value: Expr): Effect {
  return effect(value.code, 0x1a)
}

function wayTo(label: BranchTarget): Way {
  const to = [label]
  return {
    go: effect({ opcode: BRANCH, to }),
    when: (condition) => effect(condition.code, { opcode: BRANCH_IF, to }),
    unless: (condition) => effect(condition.code, 0x45, { opcode: BRANCH_IF, to }),
  }
}

function nest(opcode: number, body: Code, label?: BranchTarget): Nest {
  return { opcode, label, body }
}
