import * as Flags from '@oclif/core/flags'

const MAX_INDEX = 2 ** 32 - 1

/** A RING_IDX, decimal or hexadecimal, as crash prints it. */
export const ringIndexFlag = Flags.custom<number>({
  parse: async (text) => {
    const index = /^(\d{1,10}|0x[0-9a-f]{1,8})$/i.test(text) ? Number(text) : Number.NaN
    if (!(index <= MAX_INDEX)) throw new Error(`Expected an index from 0 to ${MAX_INDEX} but received: ${text}`)
    return index
  },
})

/** A time, more than 0. */
export const secondsFlag = Flags.custom<number>({
  parse: async (text) => {
    const seconds = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : 0
    if (seconds === 0) throw new Error(`Expected a number of seconds above 0 but received: ${text}`)
    return seconds
  },
})
