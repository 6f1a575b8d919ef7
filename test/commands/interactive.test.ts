// `inspect --interactive` in a real terminal: a pty that script(1) makes. Each key is sent when what it waits for is on the
// screen, so that no time is measured. Whatever the end, the terminal is as it was: main screen, cursor, line mode.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { hasScript } from '../support/script.ts'

const root = join(import.meta.dirname, '../..')

/** What terminals are told. */
const ALTERNATE_ON = '\u001b[?1049h'
const ALTERNATE_OFF = '\u001b[?1049l'
const CURSOR_OFF = '\u001b[?25l'
const CURSOR_ON = '\u001b[?25h'

class Terminal {
  readonly #child: ChildProcess
  #text = ''
  /** What was waited for lies before this. */
  #seen = 0
  #wake = () => {}

  constructor(args: string, size = 'rows 24 cols 100') {
    const view = `echo pid=$$; tty; exec "${process.execPath}" bin/run.js inspect -i ${args}`
    const command = `stty ${size}; sh -c '${view}'; echo "exit=$?"; stty -a; echo END`
    const env = { ...process.env, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' }
    this.#child = spawn('script', ['-qec', command, '/dev/null'], { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text
      this.#wake()
    })
  }

  /** Waits until the text is there, behind what was waited for before. */
  async until(text: string): Promise<void> {
    for (;;) {
      const at = this.#text.indexOf(text, this.#seen)
      if (at >= 0) {
        this.#seen = at + text.length
        return
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  press(keys: string): void {
    this.#child.stdin!.write(keys)
  }

  /** Of the view, once it shows something. */
  pid(): number {
    return Number(/pid=(\d+)/.exec(this.#text)![1])
  }

  /** Makes it larger or smaller while the view is on. */
  resize(rows: number, cols: number): void {
    execFileSync('stty', ['-F', /\/dev\/\S+/.exec(this.#text)![0], 'rows', String(rows), 'cols', String(cols)])
  }

  /** All that was printed, when the shell behind the view has said its last. */
  async end(): Promise<string> {
    await this.until('END')
    return this.#text
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function isRestored(text: string, exit: number): void {
  expect(text).toContain(`exit=${exit}`)
  for (const [on, off] of [
    [ALTERNATE_ON, ALTERNATE_OFF],
    [CURSOR_OFF, CURSOR_ON],
  ] as const) {
    expect(text).toContain(on)
    expect(text.lastIndexOf(off)).toBeGreaterThan(text.lastIndexOf(on))
  }
  const stty = text.slice(text.indexOf('exit='))
  expect(stty).toMatch(/^(.* )?icanon\b/m)
  expect(stty).toMatch(/^(.* )?echo\b/m)
  expect(stty).toMatch(/^(.* )?isig\b/m)
}

describe.skipIf(!hasScript())('in a terminal', () => {
  let terminal: Terminal
  afterEach(() => terminal.kill())

  test.each([
    ['q', 'q'],
    ['Esc', '\u001b'],
    ['Ctrl-C', '\u0003'],
  ])('%s leaves', async (_, key) => {
    terminal = new Terminal('dumps/direct')
    await terminal.until('sring.req_prod')
    terminal.press(key)
    isRestored(await terminal.end(), 0)
  })

  test('Esc closes the help, and then the view', async () => {
    terminal = new Terminal('dumps/direct')
    await terminal.until('sring.req_prod')
    terminal.press('?')
    await terminal.until('Esc closes this help first')
    terminal.press('\u001b')
    await terminal.until('sring.req_prod')
    terminal.press('\u001b')
    isRestored(await terminal.end(), 0)
  })

  test('to a slot, its indirect page, and back', async () => {
    terminal = new Terminal('--slot 10 dumps/indirect')
    await terminal.until('ring[10].req.operation')
    terminal.press('\u001b[B'.repeat(8))
    await terminal.until('ring[10].req.indirect_grefs[0]')
    terminal.press('\r')
    await terminal.until('ring[10].req.indirect_grefs[0].seg[0].gref')
    await terminal.until('disk 2304..2311')
    terminal.press('\u007f')
    await terminal.until('ring[10].req.indirect_grefs[0]')
    terminal.press('q')
    isRestored(await terminal.end(), 0)
  })

  test('through a series, in a terminal of five lines', async () => {
    terminal = new Terminal('--snapshot 1 dumps/series', 'rows 5 cols 40')
    await terminal.until('dumps/series/ring-001.bin')
    terminal.press(']')
    await terminal.until('dumps/series/ring-002.bin')
    terminal.press('[')
    await terminal.until('dumps/series/ring-001.bin')
    terminal.press('q')
    isRestored(await terminal.end(), 0)
  })

  test('a new size draws the screen again', async () => {
    terminal = new Terminal('--slot 10 dumps/indirect', 'rows 10 cols 60')
    await terminal.until('ring[10].req.operation')
    for (const [rows, cols] of [
      [24, 100],
      [40, 150],
    ] as const) {
      terminal.resize(rows, cols)
      // The cursor goes to a line that the screen did not have before.
      await terminal.until(`\u001b[${rows};1H`)
    }
    terminal.resize(5, 20)
    terminal.press('q')
    isRestored(await terminal.end(), 0)
  })

  test('a signal ends it, and the terminal is given back', async () => {
    terminal = new Terminal('dumps/direct')
    await terminal.until('pid=')
    await terminal.until('sring.req_prod')
    process.kill(terminal.pid(), 'SIGTERM')
    isRestored(await terminal.end(), 128 + 15)
  })
})
