// Modules at work, where there is WebAssembly: Node has none with --jitless, and some pages forbid it.
import { MEMORY_IMPORT } from './module.ts'

/** What of the standard's `WebAssembly` is used here. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** A `WebAssembly.Memory` that never grows. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

/** A compiled module. */
export type WasmCode = object

const PAGE = 65_536

const api = (): WebAssemblyApi | undefined => (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly

/**
 * A memory of at least so many bytes, all 0; undefined where there is no WebAssembly, or no room: each reserves some 10 GiB of addresses,
 * which a limit of the process's may forbid.
 */
export function wasmMemory(bytes: number): WasmMemory | undefined {
  const pages = Math.max(1, Math.ceil(bytes / PAGE))
  try {
    const wasm = api()
    return wasm && new wasm.Memory({ initial: pages, maximum: pages })
  } catch {
    return undefined
  }
}

/** Compiles a module; undefined where that may not be. */
export function compileWasm(bytes: Uint8Array<ArrayBuffer>): WasmCode | undefined {
  try {
    const wasm = api()
    return wasm && new wasm.Module(bytes)
  } catch {
    return undefined
  }
}

/** The functions of a compiled module over a memory. Numbers of 32 bits come back with a sign. */
export function wasmFunctions<Functions>(code: WasmCode, memory: WasmMemory): Functions {
  const { module, name } = MEMORY_IMPORT
  const { Instance } = api()!
  return new Instance(code, { [module]: { [name]: memory } }).exports as Functions
}
