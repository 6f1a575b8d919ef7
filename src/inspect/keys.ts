// The keys of the full-screen view. Letters are themselves; other keys have the names that terminal-kit gives them.

export type Action =
  | 'row-up'
  | 'row-down'
  | 'byte-left'
  | 'byte-right'
  | 'rows-up'
  | 'rows-down'
  | 'first-row'
  | 'last-row'
  | 'next-area'
  | 'previous-area'
  | 'next-request'
  | 'previous-request'
  | 'follow'
  | 'back'
  | 'next-ring'
  | 'previous-ring'
  | 'help'
  | 'quit'

export interface Binding {
  readonly action: Action
  readonly keys: readonly string[]
  /** The keys as people call them, and what they do; undefined where the line of another binding speaks of it. */
  readonly help: readonly [string, string] | undefined
}

/** The key that closes what is open: the help, else the view. */
export const ESCAPE = 'ESCAPE'

/** The keys of the walk, in the order in which its help names them. */
export const BINDINGS: readonly Binding[] = [
  { action: 'row-up', keys: ['UP', 'k'], help: ['up, down', 'field (j k)'] },
  { action: 'row-down', keys: ['DOWN', 'j'], help: undefined },
  { action: 'byte-left', keys: ['LEFT', 'h'], help: ['left, right', 'byte (h l)'] },
  { action: 'byte-right', keys: ['RIGHT', 'l'], help: undefined },
  { action: 'next-area', keys: ['TAB', 's'], help: ['Tab, Shift-Tab', 'slot (s S)'] },
  { action: 'previous-area', keys: ['SHIFT_TAB', 'S'], help: undefined },
  { action: 'next-request', keys: ['n'], help: ['n, N', 'request in flight'] },
  { action: 'previous-request', keys: ['N'], help: undefined },
  { action: 'follow', keys: ['ENTER'], help: ['Enter', 'follow an indirect_gref to its page'] },
  { action: 'back', keys: ['BACKSPACE', 'b'], help: ['Backspace', 'back from the page (b)'] },
  { action: 'next-ring', keys: [']'], help: ['], [', 'next snapshot or queue, and back'] },
  { action: 'previous-ring', keys: ['['], help: undefined },
  { action: 'rows-up', keys: ['PAGE_UP'], help: ['PgUp, PgDn', 'ten fields'] },
  { action: 'rows-down', keys: ['PAGE_DOWN'], help: undefined },
  { action: 'first-row', keys: ['HOME', 'g'], help: ['Home, End', 'first, last field (g G)'] },
  { action: 'last-row', keys: ['END', 'G'], help: undefined },
  { action: 'help', keys: ['?', 'F1'], help: ['?', 'this help'] },
  { action: 'quit', keys: ['q', ESCAPE, 'CTRL_C'], help: ['q, Esc, Ctrl-C', 'leave; Esc closes this help first'] },
]

const BY_KEY = new Map(BINDINGS.flatMap(({ action, keys }) => keys.map((key) => [key, action] as const)))

/** The action of a key; undefined for a key that does nothing. */
export function actionOf(key: string): Action | undefined {
  return BY_KEY.get(key)
}
