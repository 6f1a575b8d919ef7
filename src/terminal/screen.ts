// A screen of its own in a terminal, given back whatever the end.
import type { Terminal } from 'terminal-kit'

/** Takes the screen. @param keys take the keys as well @returns what gives them back, once, however often it is called */
export function openScreen(term: Terminal, { keys }: { readonly keys: boolean }): () => void {
  let open = true
  const close = () => {
    if (!open) return
    open = false
    process.off('exit', close)
    if (keys) term.grabInput(false)
    term.styleReset()
    term.hideCursor(false)
    term.fullscreen(false)
  }
  // An error that nobody caught ends the process: the terminal is given back all the same.
  process.on('exit', close)
  term.fullscreen(true)
  term.hideCursor(true)
  if (keys) term.grabInput(true)
  return close
}

/** The terminal of this process. */
export async function openTerminal(): Promise<Terminal> {
  const { stdin, stdout, stderr } = process
  const { createTerminal } = await import('terminal-kit')
  return createTerminal({
    stdin,
    stdout,
    stderr,
    generic: process.env['TERM'] ?? 'xterm',
    isTTY: true,
    isSSH: false,
    processSigwinch: true,
  })
}

/** Columns and rows of the terminal. */
export function terminalSize(term: Terminal): { readonly width: number; readonly height: number } {
  return { width: Math.max(1, term.width || 80), height: Math.max(1, term.height || 24) }
}

/** Shows lines from the top, in one write: as many as the screen has rows. */
export function showLines(term: Terminal, lines: readonly string[]): void {
  const frame = lines.map((line, y) => `${term.str.moveTo(1, y + 1)}${term.str.eraseLine()}${line}`)
  term.noFormat(frame.join(''))
}
