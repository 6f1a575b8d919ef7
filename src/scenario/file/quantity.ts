// Whole numbers as people write them: 4096, "0x1b00", "64K". Exact at any size.

const SUFFIXES = 'KMGTPE'
const DECIMAL = /^(\d+)(?:([KMGTPEkmgtpe])(?:i?[Bb])?)?$/
const NEGATIVE = /^-\d+$/
const HEX = /^0[xX][0-9a-fA-F]+$/

export const U64_MAX = 2n ** 64n - 1n

/** Patterns of the JSON schema: what `parseQuantity` reads. */
export const NUMBER_PATTERN = '^(\\d+|0[xX][0-9a-fA-F]+)$'
/** The pattern of whole numbers that may be below 0, as `parseNegative` reads them. */
export const SIGNED_PATTERN = '^(-?\\d+|0[xX][0-9a-fA-F]+)$'
export const QUANTITY_PATTERN = '^(\\d+([KMGTPEkmgtpe](i?[Bb])?)?|0[xX][0-9a-fA-F]+)$'

/**
 * Reads a whole number, K, M, G, T, P, E standing for powers of 1024.
 * @returns what is wrong with it where it cannot be read
 */
export function parseQuantity(value: unknown, suffix: boolean): bigint | string {
  if (typeof value === 'bigint') return inRange(value)
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return `${value} is not a whole number`
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return `a bare number above 2^53 is not exact: quote it`
    return value < 0 ? `${value} is negative` : BigInt(value)
  }
  if (typeof value !== 'string') return `${describeValue(value)} is not a number`
  return parseText(value.trim(), suffix)
}

function parseText(text: string, suffix: boolean): bigint | string {
  if (text.length > 100) return 'too long for a number'
  if (HEX.test(text)) return inRange(BigInt(text))
  const match = DECIMAL.exec(text)
  if (!match) {
    if (/^-?\d*\.\d+/.test(text)) return `${shortened(text)} is not a whole number`
    if (/^-\d/.test(text)) return `${shortened(text)} is negative`
    return `${JSON.stringify(shortened(text))} is not a number${suffix ? ' such as 4096 or 64K' : ''}`
  }
  const letter = match[2]?.toUpperCase()
  if (letter !== undefined && !suffix) return `${shortened(text)}: no suffix is possible here`
  return inRange(BigInt(match[1]!) * 1024n ** BigInt(letter === undefined ? 0 : SUFFIXES.indexOf(letter) + 1))
}

function inRange(value: bigint): bigint | string {
  if (value < 0n) return `${shortened(String(value))} is negative`
  return value > U64_MAX ? `${shortened(String(value))} is beyond 2^64` : value
}

/** A whole number below 0, bare or quoted; undefined for all else. */
export function parseNegative(value: unknown): bigint | undefined {
  if (typeof value === 'number') return value < 0 && Number.isSafeInteger(value) ? BigInt(value) : undefined
  if (typeof value !== 'string' || value.length > 100 || !NEGATIVE.test(value.trim())) return undefined
  return BigInt(value)
}

/** `64K` for 65536: the shortest exact way to write it. */
export function formatQuantity(value: bigint | number): string {
  let n = BigInt(value)
  let letter = ''
  for (const next of SUFFIXES) {
    if (n === 0n || n % 1024n !== 0n) break
    n /= 1024n
    letter = next
  }
  return `${n}${letter}`
}

/** What an error quotes of a file: no more than a line has room for. */
export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}

/** What a value of a file is, in a word. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return typeof value === 'string' ? `the text ${JSON.stringify(shortened(value))}` : String(value)
}
