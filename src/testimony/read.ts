// A text to what it says of rings, whatever it is: io_ring as pasted, ringwatch, Windows' debug callback, sessions of debuggers.
import type { Said } from '../capture/testimony.ts'
import { linesOf } from '../paste/lines.ts'
import { Clock } from './clock.ts'
import { PastedIoRing } from './pasted-io-ring.ts'
import { readSession } from './sessions.ts'
import { WindowsDebug } from './windows-debug.ts'

/** Reads what a text says of rings in words; hexdumps in it are another's. */
export function readTestimonies(text: string): Said {
  const clock = new Clock()
  const ioRing = new PastedIoRing(clock)
  const windows = new WindowsDebug()
  const used: number[] = []
  let lines = 0
  for (const { text: line, number } of linesOf(text)) {
    lines = number
    const isTime = clock.line(line)
    if (windows.line(line, number) || ioRing.line(line, number) || isTime) used.push(number)
  }
  ioRing.end()
  windows.end()
  const read = new Uint8Array(lines + 1)
  for (const line of used) read[line] = 1
  const session = readSession(text, read)
  const testimonies = [...ioRing.testimonies, ...windows.testimonies, ...session.testimonies]
  return { testimonies: testimonies.sort((a, b) => a.lines[0] - b.lines[0]), notes: session.notes, used: read }
}
