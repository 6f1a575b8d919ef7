import { type Abi, abiByName } from './abi.ts'

/** @throws TypeError where an argument is no ABI: what it is instead, and where ABIs come from */
export function requireAbi(abi: unknown, caller: string): asserts abi is Abi {
  if (isObject(abi) && typeof abi['name'] === 'string' && (abi['u64Align'] === 4 || abi['u64Align'] === 8)) return
  const named = typeof abi === 'string' ? abiByName(abi) : undefined
  const cure = `import { ${named?.name ?? 'x86_64'} } from 'blkring'`
  if (isObject(abi) && isObject(abi['abi']))
    throw new TypeError(`${caller}: the ABI is inside what was given: pass its property abi`)
  if (abi === undefined) throw new TypeError(`${caller}: no ABI was given: ${cure}, or guess it with guessAbi(bytes).abi`)
  const given = typeof abi === 'string' ? `the text '${abi.slice(0, 40)}'` : abi === null ? 'null' : `of type ${typeof abi}`
  throw new TypeError(`${caller}: the ABI is ${given}, where a value of Abi is needed: ${cure}; by its name, abiByName('x86_64')`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
