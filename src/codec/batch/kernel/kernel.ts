// Which of two ways a batch is read or written by: through its table, or by machine code that is made of it once that pays.
import type { RingGeometry } from '../../ring/geometry.ts'
import { compileWasm, wasmFunctions } from '../../wasm/instance.ts'
import { WasmModule } from '../../wasm/module.ts'
import type { Batch } from '../batch.ts'
import type { BatchPlan } from '../columns.ts'

/** Pages that go through the table first: as long as that takes no longer than to make the machine code. */
const PAGES_BEFORE_CODE = 8

/** Works on so many rings at an address of the batch's memory. */
export type BatchLoop<Result> = (at: number, rings: number) => Result

/** Adds a function to a module, for a geometry and a place of columns in memory. */
type AddFunction = (module: WasmModule, geometry: RingGeometry, plan: BatchPlan) => void

/**
 * @param name what the function is called that `add` adds
 * @param interpret makes the slow way
 */
export function kernelOf<Result>(
  batch: Batch,
  name: string,
  add: AddFunction,
  interpret: (batch: Batch) => BatchLoop<Result>,
): BatchLoop<Result> {
  const slow = interpret(batch)
  let pages = 0
  let fast: BatchLoop<Result> | undefined
  let mayMake = batch.engine !== 'interpreted'
  return (at, rings) => {
    // Machine code knows no other place of the pools than the memory.
    if (!batch.isInMemory) return slow(at, rings)
    if (fast) return fast(at, rings)
    pages += rings * batch.geometry.pages
    if (mayMake && (pages > PAGES_BEFORE_CODE || batch.engine === 'compiled')) {
      mayMake = false
      fast = compiled(batch, name, add)
    }
    return (fast ?? slow)(at, rings)
  }
}

/** Undefined where machine code may not be made. */
function compiled<Result>(
  { geometry, plan, memory, engine }: Batch,
  name: string,
  add: AddFunction,
): BatchLoop<Result> | undefined {
  if (!memory.wasm) return undefined
  const module = new WasmModule()
  add(module, geometry, plan)
  const code = compileWasm(module.bytes())
  if (!code && engine === 'compiled') throw new RangeError('machine code may not be made here')
  return code && wasmFunctions<Record<string, BatchLoop<Result>>>(code, memory.wasm)[name]
}
