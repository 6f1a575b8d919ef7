/**
 * What of a guest's ABI decides a layout. The ring protocol's three ABIs differ in one thing only, the
 * alignment of a 64-bit integer, plus one tail pad that exists under `__i386__` (xen/include/public/io/blkif.h).
 */
export interface Abi {
  readonly name: AbiName
  /** Alignment of `uint64_t` in bytes. */
  readonly u64Align: 4 | 8
}

export type AbiName = 'x86_64' | 'x86_32' | 'arm'

export const x86_64: Abi = { name: 'x86_64', u64Align: 8 }
export const x86_32: Abi = { name: 'x86_32', u64Align: 4 }
/** 32- and 64-bit Arm: both lay the protocol out as x86_64 does. */
export const arm: Abi = { name: 'arm', u64Align: 8 }

export const ABIS: readonly Abi[] = [x86_64, x86_32, arm]
