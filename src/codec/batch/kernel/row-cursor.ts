// Code that goes from row to row of a batch.
import type { ScalarName } from '../../struct/c-types.ts'
import { load } from '../../wasm/memory.ts'
import type { Local, WasmFunction } from '../../wasm/module.ts'
import { shl } from '../../wasm/operators.ts'
import type { Body, Expr, I32, I64 } from '../../wasm/value.ts'
import { type BatchPlan, OF_ROWS, type RowColumnName } from '../columns.ts'

/** Sizes of elements, as powers of 2. */
export const LOG2 = { u8: 0, u16: 1, s16: 1, u32: 2, u64: 3 } as const satisfies Readonly<Record<ScalarName, number>>

export class RowCursor {
  readonly #plan: BatchPlan
  /** The row, and that times 2, 4 and 8: where it is in columns, by the size of their elements. */
  readonly #rows: readonly Local<'i32'>[]

  constructor(f: WasmFunction, plan: BatchPlan) {
    this.#plan = plan
    this.#rows = [0, 1, 2, 3].map(() => f.local())
  }

  goTo(row: I32): Body {
    return this.#rows.map((local, log2) => local.set(shl(row, log2)))
  }

  goOn(): Body {
    return this.#rows.map((local, log2) => local.add(1 << log2))
  }

  get row(): I32 {
    return this.#rows[0]!
  }

  /** A column of the row; of 64 bits the lower half. */
  column(name: RowColumnName): I32 {
    const scalar = OF_ROWS[name]
    return this.#load(name, scalar === 'u64' ? 'u32' : scalar) as I32
  }

  /** A column of 64 bits. */
  wide(name: RowColumnName): I64 {
    return this.#load(name, 'u64') as I64
  }

  #load(name: RowColumnName, as: ScalarName): Expr {
    return load(as, this.#rows[LOG2[OF_ROWS[name]]]!, this.#plan.address[name])
  }
}
