// What is worked out once for each ABI, and once more for each type or size under it.
import type { Abi } from './abi.ts'

interface Store<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): unknown
}

/** Computes a value once for each ABI. */
export function perAbi<V>(compute: (abi: Abi) => V): (abi: Abi) => V {
  return memo(new Map(), compute)
}

/** Computes a value once for each ABI and type; what was computed goes with the type. */
export function perType<K extends object, V>(compute: (type: K, abi: Abi) => V): (type: K, abi: Abi) => V {
  const ofAbi = perAbi((abi) => memo(new WeakMap<K, V>(), (type) => compute(type, abi)))
  return (type, abi) => ofAbi(abi)(type)
}

/** Computes a value once for each ABI and number, such as a count of pages: few numbers, since all are kept. */
export function perSize<V>(compute: (size: number, abi: Abi) => V): (size: number, abi: Abi) => V {
  const ofAbi = perAbi((abi) => memo(new Map<number, V>(), (size) => compute(size, abi)))
  return (size, abi) => ofAbi(abi)(size)
}

/** Computes a value once for each key, and keeps it in the store. */
export function memo<K, V>(store: Store<K, V>, compute: (key: K) => V): (key: K) => V {
  return (key) => {
    let value = store.get(key)
    if (value === undefined) {
      value = compute(key)
      store.set(key, value)
    }
    return value
  }
}
