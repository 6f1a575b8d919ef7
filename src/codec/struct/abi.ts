/**
 * What of a guest's ABI decides a layout. The ring protocol's three ABIs differ in one thing only, the alignment of a 64-bit
 * integer, plus one tail pad that exists under `__i386__` (xen/include/public/io/blkif.h).
 */
export interface Abi {
  readonly name: AbiName
  /** Alignment of `uint64_t` in bytes. */
  readonly u64Align: 4 | 8
  /** Bits of `unsigned long`: of the guest's own word, not of anything on the wire. */
  readonly longBits: 32 | 64
}

/** The names of the three ABIs, as `--abi` takes them and JSON has them. */
export type AbiName = 'x86_64' | 'x86_32' | 'arm'

/** The ABI of 64-bit x86 guests: a 64-bit integer lies on a multiple of 8 bytes. */
export const x86_64: Abi = { name: 'x86_64', u64Align: 8, longBits: 64 }
/** The ABI of 32-bit x86 guests: a 64-bit integer lies on a multiple of 4 bytes, and slots have 108 bytes in place of 112. */
export const x86_32: Abi = { name: 'x86_32', u64Align: 4, longBits: 32 }
/** 32- and 64-bit Arm: both lay the protocol out as x86_64 does. */
export const arm: Abi = { name: 'arm', u64Align: 8, longBits: 64 }

/** All ABIs, x86_64 first. */
export const ABIS: readonly Abi[] = [x86_64, x86_32, arm]

/**
 * The ABI of a name (`x86_64`, `x86_32`, `arm`), or undefined. Protocol strings such as `x86_64-abi` are read by `abiOfProtocol`.
 */
export function abiByName(name: string): Abi | undefined {
  return ABIS.find((abi) => abi.name === name)
}

/** Whether two ABIs lay every struct out alike, as x86_64 and Arm do. */
export function sameLayout(a: Abi, b: Abi): boolean {
  return a.u64Align === b.u64Align
}
