// The page of a diagnosis where names are long: it keeps its columns, and no command is cut.
import { expect, test } from 'vitest'
import { doctorText } from '../../src/commands/doctor/text.ts'
import { nextSteps } from '../../src/doctor/next-steps.ts'
import { VERDICTS } from '../../src/doctor/verdict.ts'
import { plainStyle } from '../../src/print/style.ts'
import { diagnoseRing, made } from './moments.ts'

const WIDTH = 80
const diagnosis = diagnoseRing([made({ req_prod: 60, req_event: 61, rsp_prod: 45, rsp_event: 46 })])

function nodes(disk: string) {
  const frontend = new Map([['backend', '/local/domain/12345/backend/vbd/32751/51712']])
  return { frontend, backend: new Map([['physical-device-path', disk]]) }
}

const MARK = '\u0001'
const style = { ...plainStyle, bold: (text: string) => MARK + text }

/** The commands of a page, each as a shell reads it; those of one step can be in one line. */
function commandsIn(page: string): string[] {
  const lines = page.split('\n').filter((line) => line.includes(MARK))
  const behindNumbers = lines.map((line) => line.slice(line.indexOf(MARK) + '\u00011. '.length))
  return behindNumbers
    .join('\n')
    .replace(/ \\\n +/g, ' ')
    .split(/\n|; /)
}

test.each([
  ['no XenStore', undefined],
  ['a short name', nodes('/dev/dm-0')],
  ['a long name', nodes(`/dev/mapper/${'guests--of--it-'.repeat(3)}a`)],
])('commands are whole, and in their columns: %s', (_, xenstore) => {
  for (const verdict of VERDICTS) {
    const next = nextSteps(verdict, xenstore)
    const [, ...page] = doctorText('x', [{ ...diagnosis, next }], { style, width: WIDTH }).split('\n')
    expect(page.filter((line) => line.replace(MARK, '').length > WIDTH)).toEqual([])
    const shown = commandsIn(page.join('\n'))
    expect(shown.length).toBeGreaterThan(1)
    expect(shown).toEqual(next.flatMap(({ command }) => command.split('; ')).slice(0, shown.length))
  }
})

test('a long command goes on as in a shell, where it does not fit', () => {
  const next = nextSteps('storage-below', nodes(`/dev/mapper/${'x'.repeat(40)}`))
  const page = doctorText('x', [{ ...diagnosis, next }], { style: plainStyle, width: WIDTH }).split('\n')
  const at = page.findIndex((line) => line.includes('dmsetup info'))
  expect(page.slice(at, at + 5).map((line) => line.slice(14))).toEqual([
    '3. dmsetup info \\',
    `     /dev/mapper/${'x'.repeat(40)}`,
    '   dmsetup table \\',
    `     /dev/mapper/${'x'.repeat(40)}`,
    '   dmsetup status',
  ])
})
