// The table of messages: every row knows its own line, names a rule that there is, and no row takes another's line.
import { expect, test } from 'vitest'
import { RULES } from '../../src/check/index.ts'
import { VERDICTS } from '../../src/doctor/index.ts'
import { MESSAGES, messageOf } from '../../src/evidence/messages/table.ts'
import { readStatements } from '../../src/evidence/read.ts'

test('names are unique; rules and verdicts are there', () => {
  expect(new Set(MESSAGES.map(({ name }) => name)).size).toBe(MESSAGES.length)
  const rules = new Set(RULES.map(({ id }) => id))
  for (const { name, rule, sign } of MESSAGES) {
    if (rule !== undefined) expect(rules, name).toContain(rule)
    if (sign) expect(VERDICTS, name).toContain(sign.verdict)
  }
})

test.each(MESSAGES.map((message) => [message.name, message] as const))('%s', (name, { example, pattern }) => {
  expect(messageOf(example)?.message.name).toBe(name)
  expect(pattern.source.startsWith('^')).toBe(true)
  // Behind the stamps of logs, and quoted.
  for (const stamp of [
    '[ 8213.120001] ',
    '> [   12.345678] ',
    'Nov 26 09:00:00 host kernel: ',
    'Nov 26 09:00:00 host kernel: [ 8213.1] ',
  ]) {
    const { statements } = readStatements('log', `${stamp}${example}\n`)
    expect(
      statements.map((one) => one.kind === 'message' && one.message),
      stamp,
    ).toEqual([name])
  }
})

test.each([
  ['illegal number of responses', 'xvdb: illegal number of responses 33', { disk: 'xvdb', responses: '33' }],
  [
    'a backend of SUSE',
    'blkback: Dom7 provided bogus ring requests (0x80 - 0x10 = 112). Halting ring processing on dev=fd00',
    { domid: '7' },
  ],
  ['before Linux 5.16', 'end_request: I/O error, dev xvda, sector 1234', { disk: 'xvda', sector: '1234' }],
  ['Linux 5.x', 'blk_update_request: critical space allocation error, dev xvda, sector 8 op 0x1:(WRITE)', { disk: 'xvda' }],
  ['old QEMU', 'xen be: qdisk-51712: error: access beyond end of file', { vdev: '51712' }],
  ['a backend that failed', 'vbd vbd-5-51712: 1 mapping ring-ref 9 port 4', { domid: '5', vdev: '51712' }],
])('%s', (_, line, values) => {
  expect(messageOf(line)?.values).toMatchObject(values)
})

test('lines of others are none', () => {
  for (const line of [
    '',
    'EXT4-fs (xvda1): mounted filesystem',
    'xvda: xvda1 xvda2',
    'netfront: eth0',
    'task dd:116 blocked',
    'error: no such file',
  ])
    expect(messageOf(line), line).toBeUndefined()
})
