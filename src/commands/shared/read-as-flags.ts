// What the inputs are, whatever they look like.
import * as Flags from '@oclif/core/flags'
import type { ReadAs } from '../../node/read/input-kind.ts'

export const readAsFlags = {
  raw: Flags.boolean({ description: 'read the input as raw pages, whatever it looks like', exclusive: ['text'] }),
  text: Flags.boolean({ description: 'read the input as text, whatever it looks like: whole pages are never text without it' }),
}

export function readAsNamed({ raw, text }: { readonly raw: boolean; readonly text: boolean }): ReadAs | undefined {
  return raw ? 'raw' : text ? 'text' : undefined
}
