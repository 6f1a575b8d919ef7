// Protocol strings of xen/include/public/io/protocols.h, as a frontend writes them to XenStore.
import { type Abi, arm, x86_32, x86_64 } from '../struct/abi.ts'

const PROTOCOLS: readonly { readonly protocol: string; readonly abi: Abi }[] = [
  { protocol: 'x86_64-abi', abi: x86_64 },
  { protocol: 'x86_32-abi', abi: x86_32 },
  { protocol: 'arm-abi', abi: arm },
]

/** The ABI that a protocol string names, or undefined for a string that protocols.h does not have. */
export function abiOfProtocol(protocol: string): Abi | undefined {
  return PROTOCOLS.find((p) => p.protocol === protocol)?.abi
}

/**
 * The protocol string of an ABI, as a frontend writes it to XenStore: `x86_64-abi`.
 * @throws RangeError for an ABI that protocols.h has none for
 */
export function protocolOfAbi(abi: Abi): string {
  const known = PROTOCOLS.find((p) => p.abi === abi)
  if (!known) throw new RangeError(`no protocol string for ${abi.name}`)
  return known.protocol
}

/** All protocol strings of protocols.h that this library decodes. */
export const PROTOCOL_STRINGS: readonly string[] = PROTOCOLS.map((p) => p.protocol)
