import * as Flags from '@oclif/core/flags'
import { ABIS, type Abi, abiByName } from '../../codec/struct/abi.ts'

export const abiFlag = Flags.string({
  options: ['auto', ...ABIS.map((abi) => abi.name)],
  default: 'auto',
  description: "the guest's ABI; auto takes XenStore's word, else judges by the bytes",
})

/** The ABI that --abi names; undefined for auto. */
export function abiNamed(name: string): Abi | undefined {
  return abiByName(name)
}
