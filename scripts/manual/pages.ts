// docs/commands: a page for each command, of its manual (src/commands/COMMAND/manual.md), flags and examples; what an example prints is a
// transcript's.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENVIRONMENT, FILES } from './environment.ts'
import { type Command, type Flag, usageOf } from './model.ts'

/** Lines of an example's output that a page shows. */
const MAX_SHOWN = 30

/** Contents by path below the repository's root. */
export function commandPages(commands: readonly Command[], root: string): Map<string, string> {
  const printed = transcripts(join(root, 'test/transcripts'))
  const pages = commands.map(
    (command) => [`docs/commands/${command.id}.md`, page(command, manualOf(command, root), printed)] as const,
  )
  return new Map([['docs/commands/README.md', index(commands)], ...pages])
}

function index(commands: readonly Command[]): string {
  const rows = commands.map(({ id, summary }) => `| [\`blkring ${id}\`](${id}.md) | ${summary} |`)
  const named = (entries: readonly (readonly [string, string])[]) =>
    entries.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`).join('\n')
  const environment = `## Environment\n\n| variable | |\n|---|---|\n${named(ENVIRONMENT)}\n\n| file | |\n|---|---|\n${named(FILES)}`
  return `# Commands\n\n| command | |\n|---|---|\n${rows.join('\n')}\n\n${environment}\n\nMade from the commands themselves by \`npm run manual\`.\n`
}

/** What is written by hand, if anything is. */
function manualOf({ id }: Command, root: string): string[] {
  const path = join(root, 'src/commands', id, 'manual.md')
  return existsSync(path) ? ['## Guide', readFileSync(path, 'utf8').trimEnd()] : []
}

function page(command: Command, manual: readonly string[], printed: ReadonlyMap<string, string>): string {
  const { id, summary, description, args, flags, examples } = command
  const arguments_ = args.map(({ name, description }) => `| \`${name.toUpperCase()}\` | ${cell(description)} |`)
  return [
    `# blkring ${id}`,
    summary,
    `\`\`\`\n${usageOf(command)}\n\`\`\``,
    ...description.map((text) => text.replaceAll('<', '&lt;')),
    ...(arguments_.length > 0 ? [`| argument | |\n|---|---|\n${arguments_.join('\n')}`] : []),
    ...manual,
    '## Flags',
    `| flag | values | |\n|---|---|---|\n${flags.map(flagRow).join('\n')}`,
    ...(examples.length > 0 ? ['## Examples', ...examples.map((line) => example(line, printed))] : []),
  ]
    .join('\n\n')
    .concat('\n')
}

function flagRow({ name, char, value, options, description }: Flag): string {
  const names = [char === undefined ? '' : `-${char}, `, `--${name}`, value === undefined ? '' : ` ${value}`].join('')
  const values = value === 'RULE' ? '[a rule](check.md)' : options.map((option) => `\`${option}\``).join(' ')
  return `| \`${names}\` | ${values} | ${cell(description)} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

function example(line: string, printed: ReadonlyMap<string, string>): string {
  const output = printed.get(line)?.split('\n')
  if (!output) return `\`\`\`sh\n${line}\n\`\`\``
  const more = output.length - MAX_SHOWN
  const shown = more > 3 ? [...output.slice(0, MAX_SHOWN), `… ${more} more lines`] : output
  return `\`\`\`console\n$ ${line}\n${shown.join('\n')}\n\`\`\``
}

/** What each command of the transcripts printed, without its exit code. */
function transcripts(folder: string): Map<string, string> {
  const blocks = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split(/\n?^(?=\$ )/m))
  return new Map(
    blocks
      .filter((block) => block.startsWith('$ '))
      .map((block) => {
        const [first = '', ...lines] = block.trimEnd().split('\n')
        return [first.slice(2), lines.filter((line, i) => i < lines.length - 1 || !/^exit \d+$/.test(line)).join('\n')] as const
      }),
  )
}
