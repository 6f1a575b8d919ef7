// Functions, and the module that they are: over one memory, which the module is given.

import { add } from './operators.ts'
import {
  type Body,
  type Branch,
  type BranchTarget,
  type Code,
  codeOf,
  type Effect,
  type Expr,
  effect,
  type Operand,
  unsigned,
  type ValueType,
  valueFrom,
} from './value.ts'

const BYTE_OF: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e }
const BRANCH_TABLE = 0x0e
/** The type of blocks: they leave nothing. */
const EMPTY = 0x40
const END = 0x0b

/** What the module calls the memory that it imports. */
export const MEMORY_IMPORT = { module: 'env', name: 'memory' } as const

/** A variable of a function: a value that can be set. */
export interface Local<T extends ValueType = ValueType> extends Expr<T> {
  set(value: Operand<T>): Effect
  /** Sets it, and leaves its value. */
  tee(value: Operand<T>): Expr<T>
  /** Adds to it. */
  add(value: Operand<T>): Effect
}

type LocalsOf<Types extends readonly ValueType[]> = { readonly [I in keyof Types]: Local<Types[I]> }
type OperandsOf<Types extends readonly ValueType[]> = { readonly [I in keyof Types]: Operand<Types[I]> }

/** A function of a module: made with its parameters, and defined later, so that functions can call each other. */
export class WasmFunction<
  Params extends readonly ValueType[] = readonly ValueType[],
  Result extends ValueType | undefined = ValueType | undefined,
> {
  readonly name: string
  readonly index: number
  readonly types: Params
  readonly result: Result
  readonly params: LocalsOf<Params>
  readonly #locals: ValueType[] = []
  #body: Code = []

  constructor(name: string, index: number, types: Params, result: Result) {
    this.name = name
    this.index = index
    this.types = types
    this.result = result
    this.params = types.map((type, i) => localAt(i, type)) as unknown as LocalsOf<Params>
  }

  /** A variable, 0 at first. */
  local(): Local<'i32'>
  local<T extends ValueType>(type: T): Local<T>
  local(type: ValueType = 'i32'): Local {
    return localAt(this.types.length + this.#locals.push(type) - 1, type)
  }

  /** @param result what it returns at its end, if it returns anything */
  define(body: Body, ...[result]: Result extends ValueType ? [result: Operand<Result>] : []): void {
    this.#body = result === undefined ? codeOf(body) : [codeOf(body), valueFrom(result as Operand).code]
  }

  /** Its call: a value where it returns one, else an effect. */
  call(...values: OperandsOf<Params>): Result extends ValueType ? Expr<Result> : Effect {
    const code: Code = [...(values as readonly Operand[]).map((value) => valueFrom(value).code), 0x10, unsigned(this.index)]
    return { type: this.result ?? 'none', code } as unknown as ReturnType<typeof this.call>
  }

  /** Its type, as the module's section of types has it. */
  typeBytes(): Code {
    const types = this.types.map((type) => BYTE_OF[type])
    return [0x60, vector(types), vector(this.result ? [BYTE_OF[this.result]] : [])]
  }

  /** Its variables and instructions, as the module's section of code has them. */
  codeBytes(): Code {
    return sized([vector(this.#locals.map((type) => [1, BYTE_OF[type]])), this.#body, END])
  }
}

/** A module is its functions, all of them exported under their names. */
export class WasmModule {
  readonly #functions: WasmFunction[] = []

  /** A function without a result. */
  func<const Params extends readonly ValueType[]>(name: string, params: Params): WasmFunction<Params, undefined>
  func<const Params extends readonly ValueType[], Result extends ValueType>(
    name: string,
    params: Params,
    result: Result,
  ): WasmFunction<Params, Result>
  func(name: string, params: readonly ValueType[], result?: ValueType): WasmFunction {
    const made = new WasmFunction(name, this.#functions.length, params, result)
    this.#functions.push(made)
    return made
  }

  /** The module in WebAssembly's binary format. */
  bytes(): Uint8Array<ArrayBuffer> {
    const functions = this.#functions
    const { module, name } = MEMORY_IMPORT
    return Uint8Array.from(
      flat([
        [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        section(
          1,
          functions.map((f) => f.typeBytes()),
        ),
        section(2, [[text(module), text(name), 2, 0, 1]]),
        section(
          3,
          functions.map((f) => unsigned(f.index)),
        ),
        section(
          7,
          functions.map((f) => [text(f.name), 0, unsigned(f.index)]),
        ),
        section(
          10,
          functions.map((f) => f.codeBytes()),
        ),
      ]),
    )
  }
}

function localAt<T extends ValueType>(i: number, type: T): Local<T> {
  const get: Expr<T> = { type, code: [0x20, unsigned(i)] }
  const set = (value: Operand<T>) => effect(valueFrom(value).code, 0x21, unsigned(i))
  return {
    ...get,
    set,
    tee: (value) => ({ type, code: [valueFrom(value).code, 0x22, unsigned(i)] }),
    add: (value) => set(add(get, value)),
  }
}

const section = (id: number, items: readonly Code[]): Code => [id, sized(vector(items))]
const vector = (items: readonly Code[]): Code => [unsigned(items.length), items]
const text = (ascii: string): Code => vector(Array.from(ascii, (c) => c.charCodeAt(0)))

function sized(code: Code): Code {
  const bytes = flat(code)
  return [unsigned(bytes.length), bytes]
}

/** Writes code down, byte by byte. @param around labels of what it lies in, the innermost last */
function flat(code: Code, into: number[] = [], around: (BranchTarget | undefined)[] = []): number[] {
  if (typeof code === 'number') into.push(code)
  else if (isList(code)) for (const each of code) flat(each, into, around)
  else if ('to' in code) into.push(...branch(code, around))
  else {
    into.push(code.opcode, EMPTY)
    around.push(code.label)
    flat(code.body, into, around)
    around.pop()
    into.push(END)
  }
  return into
}

/** A branch says how many blocks outward it goes. */
function branch({ opcode, to }: Branch, around: readonly (BranchTarget | undefined)[]): readonly number[] {
  const depths = to.map((label) => {
    const at = around.lastIndexOf(label)
    if (at < 0) throw new RangeError('a branch leads to a block that it does not lie in')
    return unsigned(around.length - 1 - at)
  })
  return [opcode, ...(opcode === BRANCH_TABLE ? unsigned(to.length - 1) : []), ...depths.flat()]
}

function isList(code: Exclude<Code, number>): code is readonly Code[] {
  return Array.isArray(code)
}
