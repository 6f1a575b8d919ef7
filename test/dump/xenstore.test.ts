import { expect, test } from 'vitest'
import { parseXenstore, ringRefs } from '../../src/dump/xenstore.ts'
import { captures, textOf } from '../support/captures.ts'

const PATHS = `# frontend
/local/domain/3/device/vbd/51712/backend = "/local/domain/0/backend/vbd/3/51712"
/local/domain/3/device/vbd/51712/protocol = "x86_64-abi"
/local/domain/3/device/vbd/51712/ring-ref = "9"
/local/domain/3/device/vbd/51728/protocol = "x86_32-abi"
/local/domain/0/backend/vbd/3/51712/sectors = "131072"
/local/domain/0/backend/vbd/3/51728/sectors = "1"
`

test('whole paths: the first device, and the backend that it names', () => {
  const { frontend, backend } = parseXenstore(PATHS)
  expect([...frontend]).toEqual([
    ['backend', '/local/domain/0/backend/vbd/3/51712'],
    ['protocol', 'x86_64-abi'],
    ['ring-ref', '9'],
  ])
  expect([...backend]).toEqual([['sectors', '131072']])
})

test('the indented tree of xenstore-ls, of the whole store or of the device', () => {
  const whole = `local = ""
 domain = ""
  0 = ""
   backend = ""
    vbd = ""
     3 = ""
      51712 = ""
       sectors = "8"
  3 = ""
   device = ""
    vbd = ""
     51712 = ""
      queue-0 = ""
       ring-ref0 = "12"
       ring-ref1 = "13"
      protocol = "arm-abi"
`
  for (const text of [whole, whole.replace(/^local/, '/local')]) {
    expect(parseXenstore(text).frontend.get('protocol')).toBe('arm-abi')
    expect(ringRefs(parseXenstore(text))).toEqual([[12, 13]])
    expect(parseXenstore(text).backend.get('sectors')).toBe('8')
  }
  expect(parseXenstore('protocol = "arm-abi"\nring-ref0 = "4"\nring-ref1 = "5"\n').frontend.get('protocol')).toBe('arm-abi')
  expect(ringRefs(parseXenstore('ring-ref0 = "4"\nring-ref1 = "5"\n'))).toEqual([[4, 5]])
})

test.each(['', '\0\0\0', 'no = nodes\n', '= ""\n', 'a = "b'])('text that holds no device is no device: %j', (text) => {
  const { frontend, backend } = parseXenstore(text)
  expect([frontend.get('protocol'), backend.size]).toEqual([undefined, 0])
})

test('queue counts that cannot be are no queues', () => {
  for (const queues of ['-1', '1e9', 'many', '99999999999'])
    expect(ringRefs(parseXenstore(`multi-queue-num-queues = "${queues}"\nring-ref = "1"\n`))).toEqual([])
})

test.each(captures.filter((c) => textOf(c, 'xenstore.txt')))('$name names its ring', (capture) => {
  const nodes = parseXenstore(textOf(capture, 'xenstore.txt')!)
  const { ring_refs_per_queue } = JSON.parse(textOf(capture, 'meta.json')!) as { ring_refs_per_queue: Record<string, number[]> }
  expect(ringRefs(nodes)).toEqual(Object.values(ring_refs_per_queue))
})
