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

/** What a kernel is made of. */
interface KernelParts<Loop> {
  /** What the function is called that `add` adds. */
  readonly name: string
  /** Adds a function to a module, for a geometry and a place of columns in memory. */
  readonly add: (module: WasmModule, geometry: RingGeometry, plan: BatchPlan) => void
  /** Makes the slow way. */
  readonly interpret: (batch: Batch) => Loop
}

/** @returns gives the way to go for so many rings more */
export function kernelOf<Loop>(batch: Batch, parts: KernelParts<Loop>): (rings: number) => Loop {
  const slow = parts.interpret(batch)
  let pages = 0
  let fast: Loop | undefined
  let mayMake = batch.engine !== 'interpreted'
  return (rings) => {
    // Machine code knows no other place of the pools than the memory.
    if (!batch.isInMemory) return slow
    if (fast) return fast
    pages += rings * batch.geometry.pages
    if (mayMake && (pages > PAGES_BEFORE_CODE || batch.engine === 'compiled')) {
      mayMake = false
      fast = compiled(batch, parts)
    }
    return fast ?? slow
  }
}

/** Undefined where machine code may not be made. @throws RangeError where it must be */
function compiled<Loop>(batch: Batch, { name, add }: KernelParts<Loop>): Loop | undefined {
  const { geometry, plan, memory, engine } = batch
  if (!memory.wasm) return undefined
  const module = new WasmModule()
  add(module, geometry, plan)
  const code = compileWasm(module.bytes())
  if (!code && engine === 'compiled') throw new RangeError('machine code may not be made here')
  return code && wasmFunctions<Record<string, Loop>>(code, memory.wasm)[name]
}
