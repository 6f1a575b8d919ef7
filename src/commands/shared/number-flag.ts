import * as Flags from '@oclif/core/flags'

/** A whole number from 0 on, decimal or hex with 0x. */
export const numberFlag = Flags.custom<number>({
  parse: async (input) => {
    const value = /^(0x[\da-f]+|\d+)$/i.test(input) ? Number(input) : Number.NaN
    if (!Number.isSafeInteger(value))
      throw new Error(`takes a whole number (decimal, or hex with 0x), not ${JSON.stringify(input)}`)
    return value
  },
})
