// Large numbers for people.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'] as const
const STEP = 1024n
/** Digits of a rounded number. */
const DIGITS = 3

/** 12345 as 12,345. */
export function grouped(n: number | bigint): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `1 page`, `12,345 pages`. */
export function amount(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`
}

/** Bytes in the largest unit of which there is one, cut to three digits where that is not exact: `1.49 GiB`. */
export function bytesText(bytes: bigint): string {
  let unit = 0
  let scale = 1n
  while (unit < UNITS.length - 1 && bytes >= scale * STEP) {
    scale *= STEP
    unit++
  }
  const whole = bytes / scale
  const places = bytes % scale === 0n ? 0 : Math.max(0, DIGITS - String(whole).length)
  const fraction = String(((bytes % scale) * 10n ** BigInt(places)) / scale).padStart(places, '0')
  const decimals = places === 0 ? '' : `.${fraction}`.replace(/\.?0+$/, '')
  return `${grouped(whole)}${decimals} ${UNITS[unit]}`
}

/** A number with one decimal at the most. */
export function oneDecimal(n: number): string {
  const tenths = Math.round(n * 10)
  return `${grouped(Math.floor(tenths / 10))}${tenths % 10 === 0 ? '' : `.${tenths % 10}`}`
}

/** A share in whole percent; what is not nothing is not 0%, what is not all is not 100%. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0%'
  const exact = (100 * part) / whole
  if (part > 0 && exact < 1) return '<1%'
  if (part < whole && exact > 99) return '>99%'
  return `${Math.round(exact)}%`
}
