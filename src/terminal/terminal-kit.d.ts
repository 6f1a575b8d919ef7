// What is used of terminal-kit, which has no types of its own.
declare module 'terminal-kit' {
  import type { ReadStream, WriteStream } from 'node:tty'

  interface Terminal {
    /** The width in characters. */
    readonly width: number
    readonly height: number
    /** Calls that return what the others write. */
    readonly str: { moveTo(x: number, y: number): string; eraseLine(): string }
    fullscreen(on: boolean): void
    hideCursor(on?: boolean): void
    grabInput(on: boolean): void
    styleReset(): void
    clear(): void
    /** Writes text as it is. */
    noFormat(text: string): void
    on(event: 'key', listener: (key: string) => void): void
    on(event: 'resize', listener: () => void): void
  }

  export function createTerminal(options: {
    readonly stdin: ReadStream
    readonly stdout: WriteStream
    readonly stderr: WriteStream
    /** Name of the terminal's kind: $TERM. */
    readonly generic: string
    readonly isTTY: boolean
    readonly isSSH: boolean
    readonly processSigwinch: boolean
  }): Terminal
}
