// What every command takes from its environment, and what it leaves: for the man page and docs/commands.

/** Variables and what they mean. */
export const ENVIRONMENT = [
  ['NO_COLOR', 'no colour, whatever the terminal can.'],
  ['FORCE_COLOR', 'colour in a pipe too.'],
  ['COLUMNS', 'cells of a line, where the terminal does not say.'],
  [
    'BLKRING_NO_CODE_CACHE',
    'keep no compiled code, and use none; NODE_DISABLE_COMPILE_CACHE says the same of all programs of Node.',
  ],
  ['XDG_CACHE_HOME', 'where caches lie, in place of ~/.cache.'],
] as const

/** Files outside the package that are written or run without being named. */
export const FILES = [
  [
    '~/.cache/blkring',
    'the code of commands as Node compiled it, which halves the time of their start. A file is run only where it, the folder and ~/.cache belong to the user who runs the command and nobody else may write to them; where they do not, or cannot be written, everything works without. It may be deleted at any time.',
  ],
] as const
