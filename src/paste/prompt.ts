// Commands in the session of a shell or a debugger: the prompt, what was typed, and the words of it.

/** The prompts of crash, gdb, lldb, drgn and WinDbg. */
export const DEBUGGER_PROMPT = /^(?:crash(?:_?64)?>|\(gdb\)|\(lldb\)|>>>|\d{1,4}: kd>|l?kd>|\d{1,3}:\d{3}>)(?: |$)/

/** What a shell or its user writes before a command: `[root@dom0 ~]# `, `$ `, `dom0:~ # sudo `, `+ ` of set -x; or nothing. */
const BEFORE = /^(?:[^#$%>=]{0,80}[#$%>] ?|\+ )?(?:(?:sudo|doas|time)(?: -\w+)* )*(?:\S{0,80}\/)?$/

/**
 * What was typed where a line is a command of one of some programs, with or without a prompt.
 * @param programs matches the program's name, and begins at the start of a word
 * @returns the words of the command, the program's first; undefined for another line
 */
export function commandIn(line: string, programs: RegExp): readonly string[] | undefined {
  const found = programs.exec(line)
  if (!found || !BEFORE.test(line.slice(0, found.index))) return undefined
  const [command] = line.slice(found.index).split(/[|;<>&]/)
  return command!
    .trim()
    .split(/[ \t]+/)
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
}
