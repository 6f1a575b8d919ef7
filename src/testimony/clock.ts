// The time that a text says, where it says one: `date` between the prints of a loop, the clock of a console.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** `Thu Nov 26 09:00:00 UTC 2026` of date, whatever its zone is called: within one text it is one. */
const DATE =
  /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ([a-z]{3})[a-z]* +(\d{1,2}) (\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)(?: [AP]M)?(?: [+\w:-]{1,6})? (\d{4})\b/i
const ISO = /\b(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d(?:[.,]\d{1,9})?)/

/** Seconds from an origin that is the same within one text; undefined where the line says no time. */
export function timeIn(line: string): number | undefined {
  const head = line.slice(0, 256)
  const iso = ISO.exec(head)
  if (iso) return seconds(iso[1]!, Number(iso[2]) - 1, iso[3]!, iso[4]!, iso[5]!, iso[6]!)
  const date = DATE.exec(head)
  const month = date ? MONTHS.indexOf(date[1]!.toLowerCase()) : -1
  return date && month >= 0 ? seconds(date[6]!, month, date[2]!, date[3]!, date[4]!, date[5]!) : undefined
}

function seconds(year: string, month: number, day: string, hour: string, minute: string, second: string): number {
  return Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute)) / 1000 + Number(second.replace(',', '.'))
}

/** The last time that the lines said. */
export class Clock {
  #now: number | undefined

  get now(): number | undefined {
    return this.#now
  }

  /** @returns whether the line is a time and nothing else */
  line(text: string): boolean {
    const time = timeIn(text)
    if (time !== undefined) this.#now = time
    return time !== undefined && text.trim().length <= 40
  }
}
