// What oclif says of a mistyped command line, and the word that was most likely meant.
import { nearest } from '../../print/nearest.ts'

/** What of oclif's errors tells which word was wrong. */
interface ParseError extends Error {
  /** Flags that the command does not have, as they were typed. */
  readonly flags?: readonly string[]
}

/** What a command line may name. */
export interface Known {
  /** Flags of the command, by their long names. */
  readonly flags: Readonly<Record<string, { readonly options?: readonly string[]; readonly char?: string }>>
}

const VALUE = /^Expected --(\S+?)=(.*) to be one of: /

/** The error with the nearest flag or value behind its first line, where one is near. */
export function withNearest(error: Error, { flags }: Known): Error {
  const message = error.message.split('\n')[0]!
  const value = VALUE.exec(message)
  const known = value ? flags[value[1]!]?.options : Object.keys({ ...flags, help: {} })
  const [word] = value ? [value[2]!] : ((error as ParseError).flags ?? [])
  const near = word === undefined ? undefined : nearest(word.replace(/^-+/, ''), known ?? [])
  if (near !== undefined) error.message = `${message}; did you mean ${value ? near : `--${near}`}?`
  return error
}

/** A command that there is not. @returns undefined where the command is there */
export function noCommand(name: string, commands: readonly string[]): Error | undefined {
  if (commands.includes(name)) return undefined
  const near = nearest(name, commands)
  return new Error(
    `no command ${name.slice(0, 80)}${near === undefined ? `; there are ${commands.join(', ')}` : `; did you mean ${near}?`} (see blkring --help)`,
  )
}
