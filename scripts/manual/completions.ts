// Completions of bash, zsh and fish: commands, flags, and the values of flags that have few.
import type { Command, Flag } from './model.ts'

/** Contents by the name under which each shell looks for its file. */
export function completions(commands: readonly Command[]): Map<string, string> {
  return new Map([
    ['blkring.bash', bash(commands)],
    ['_blkring', zsh(commands)],
    ['blkring.fish', fish(commands)],
  ])
}

const names = ({ flags }: Command) => flags.flatMap(({ name, char }) => [`--${name}`, ...(char === undefined ? [] : [`-${char}`])])
const withValues = ({ flags }: Command) => flags.filter(({ value }) => value !== undefined)

function bash(commands: readonly Command[]): string {
  const flagCase = commands.map((command) => `    ${command.id}) flags='${[...names(command), '--help'].join(' ')}' ;;`)
  const values = commands.flatMap((command) =>
    withValues(command)
      .filter(({ options }) => options.length > 0)
      .map(({ name, options }) => `    '${command.id} --${name}') values='${options.join(' ')}' ;;`),
  )
  const words = commands.flatMap(({ id, args }) =>
    args.filter(({ options }) => options.length > 0).map(({ options }) => `    ${id}) values='${options.join(' ')}' ;;`),
  )
  return `# bash completion of blkring: source it, or put it into bash-completion's folder.
_blkring() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} flags='' values=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ id }) => id).join(' ')} help' -- "$word"))
    return
  fi
  case "$command $before" in
${values.join('\n')}
  esac
  case $command in
${flagCase.join('\n')}
    help) values='${commands.map(({ id }) => id).join(' ')}' ;;
  esac
  if [ -z "$values" ] && [[ $word != -* ]]; then case $command in
${words.join('\n')}
  esac; fi
  if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$word"))
  elif [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _blkring blkring
`
}

/** Text inside single quotes and _arguments' brackets. */
function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`).replaceAll("'", "'\\''")
}

function zshFlag({ name, char, value, options, multiple, description }: Flag): string {
  const about = `[${zshText(description)}]`
  const action = value === undefined ? '' : `:${zshText(value)}:${options.length > 0 ? `(${options.join(' ')})` : '_files'}`
  const star = multiple ? '*' : ''
  return [...(char === undefined ? [] : [`-${char}`]), `--${name}`].map((flag) => `'${star}${flag}${about}${action}'`).join(' ')
}

function zshArgs({ args }: Command): string {
  const [values] = args.map(({ options }) => options).filter((options) => options.length > 0)
  return values ? `'1:value:(${values.join(' ')})'` : "'*:input:_files'"
}

function zsh(commands: readonly Command[]): string {
  return `#compdef blkring
local -a commands=(
${commands.map(({ id, summary }) => `  '${id}:${zshText(summary)}'`).join('\n')}
)
if (( CURRENT == 2 )); then
  _describe command commands
  return
fi
local command=$words[2]
shift words
(( CURRENT-- ))
case $command in
${commands.map((command) => `  ${command.id}) _arguments ${command.flags.map(zshFlag).join(' ')} ${zshArgs(command)} ;;`).join('\n')}
  help) _describe command commands ;;
esac
`
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c blkring -n __fish_use_subcommand -f -a ${command.id} -d ${fishText(command.summary)}`,
    ...command.args
      .filter(({ options }) => options.length > 0)
      .map(({ options }) => `complete -c blkring -n '__fish_seen_subcommand_from ${command.id}' -f -a '${options.join(' ')}'`),
    ...command.flags.map(({ name, char, value, options, description }) =>
      [
        `complete -c blkring -n '__fish_seen_subcommand_from ${command.id}' -l ${name}`,
        ...(char === undefined ? [] : [`-s ${char}`]),
        ...(value === undefined ? [] : options.length > 0 ? [`-x -a '${options.join(' ')}'`] : ['-r']),
        `-d ${fishText(description)}`,
      ].join(' '),
    ),
  ])
  return `# fish completion of blkring\n${lines.join('\n')}\n`
}
