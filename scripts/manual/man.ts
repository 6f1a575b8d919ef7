// blkring(1), in the man macros.
import { ENVIRONMENT, FILES } from './environment.ts'
import { type Command, type Flag, usageOf } from './model.ts'

/** @param version of the package */
export function manPage(commands: readonly Command[], version: string): string {
  return [
    `.TH BLKRING 1 "" "blkring ${version}" "User Commands"`,
    '.SH NAME',
    'blkring \\- decode, emit, compare, check and explain the shared rings of Xen block devices',
    '.SH SYNOPSIS',
    ...commands.map((command) => `.B ${plain(usageOf(command))}\n.br`),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH EXIT STATUS',
    '0 where nothing was found or nothing differs, 1 where something was, 2 where it could not be done.',
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.map(([name, meaning]) => `.TP\n.B ${name}\n${plain(meaning)}`),
    '.SH FILES',
    ...FILES.map(([path, meaning]) => `.TP\n.I ${plain(path)}\n${plain(meaning)}`),
  ]
    .join('\n')
    .concat('\n')
}

function section(command: Command): string[] {
  const { id, summary, description, flags, examples } = command
  return [
    `.SS blkring ${id}`,
    plain(summary),
    ...description.map((text) => `.PP\n${plain(text)}`),
    ...flags.map((flag) => `.TP\n.B ${plain(names(flag))}\n${plain(about(flag))}`),
    ...(examples.length > 0 ? ['.PP\nExamples:', '.PP\n.nf', ...examples.map(plain), '.fi'] : []),
  ]
}

function names({ name, char, value }: Flag): string {
  return `${char === undefined ? '' : `-${char}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}

function about({ description, options, value }: Flag): string {
  return options.length > 0 && value !== 'RULE' ? `${description}: ${options.join(', ')}` : description
}

/** A line that is no macro, with hyphens that can be copied. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n')
}
