// What the manual knows of the command line: oclif's manifest, which the build makes of the commands themselves.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RULES } from '../../src/check/index.ts'

export interface Flag {
  readonly name: string
  readonly char?: string
  readonly description: string
  readonly helpGroup?: string
  /** What stands for the value in help; undefined where the flag takes none. */
  readonly value: string | undefined
  /** All values that there are, where they are few. */
  readonly options: readonly string[]
  readonly multiple: boolean
}

export interface Argument {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** All values that there are, where they are few. */
  readonly options: readonly string[]
}

export interface Command {
  readonly id: string
  readonly summary: string
  /** Paragraphs. */
  readonly description: readonly string[]
  readonly args: readonly Argument[]
  /** The last argument may be given again. */
  readonly variadic: boolean
  /** In the order of help. */
  readonly flags: readonly Flag[]
  /** Command lines. */
  readonly examples: readonly string[]
}

interface ManifestFlag {
  readonly name: string
  readonly char?: string
  readonly description?: string
  readonly helpGroup?: string
  readonly helpValue?: string
  readonly type: 'option' | 'boolean'
  readonly options?: readonly string[]
  readonly multiple?: boolean
  readonly default?: unknown
  readonly hidden?: boolean
}

interface ManifestCommand {
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly strict?: boolean
  readonly args: Readonly<Record<string, Partial<Argument> & { readonly name: string }>>
  readonly flags: Readonly<Record<string, ManifestFlag>>
  readonly examples?: readonly string[]
}

/** Values that stand for themselves nowhere in the manifest. */
const VALUES: Readonly<Record<string, readonly string[]>> = { RULE: RULES.map(({ id }) => id) }

/** @param root the package's folder, built */
export function commandsOf(root: string): Command[] {
  const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
    commands: Readonly<Record<string, ManifestCommand>>
  }
  return Object.values(commands)
    .map((command) => ({
      id: command.id,
      summary: command.summary,
      description: (command.description ?? '').split('\n\n').filter((paragraph) => paragraph !== ''),
      args: Object.values(command.args).map(({ name, description = '', required = false, options = [] }) => ({
        name,
        description,
        required,
        options,
      })),
      variadic: command.strict === false,
      flags: Object.values(command.flags)
        .filter(({ hidden }) => !hidden)
        .map(flagOf),
      examples: (command.examples ?? []).map((line) =>
        line.replaceAll('<%= config.bin %>', 'blkring').replaceAll('<%= command.id %>', command.id),
      ),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

function flagOf(flag: ManifestFlag): Flag {
  const value = flag.type === 'boolean' ? undefined : (flag.helpValue ?? (flag.options ? 'WORD' : 'VALUE'))
  const plain = value?.replace(/[<>]/g, '')
  const fallback = flag.type === 'option' && typeof flag.default === 'string' ? ` (default: ${flag.default})` : ''
  return {
    name: flag.name,
    ...(flag.char === undefined ? {} : { char: flag.char }),
    description: `${flag.description ?? ''}${fallback}`,
    ...(flag.helpGroup === undefined ? {} : { helpGroup: flag.helpGroup }),
    value: plain,
    options: flag.options ?? VALUES[plain ?? ''] ?? [],
    multiple: flag.multiple === true,
  }
}

/** `blkring decode [FLAGS] INPUT...` */
export function usageOf({ id, args, variadic }: Command): string {
  const names = args.map(({ name, required }) => (required ? name.toUpperCase() : `[${name.toUpperCase()}]`))
  return ['blkring', id, '[FLAGS]', ...names].join(' ').concat(variadic && names.length > 0 ? '...' : '')
}
