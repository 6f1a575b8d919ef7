import { expect, test } from 'vitest'
import { chooseDevice } from '../../src/capture/choose-device.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { parseXenstore } from '../../src/xenstore/devices.ts'
import { ringRefs } from '../../src/xenstore/queues.ts'
import { type Capture, eachCapture, textOf } from '../support/captures.ts'

const PATHS = `# frontend
/local/domain/3/device/vbd/51712/backend = "/local/domain/0/backend/vbd/3/51712"
/local/domain/3/device/vbd/51712/protocol = "x86_64-abi"
/local/domain/3/device/vbd/51712/ring-ref = "9"
/local/domain/3/device/vbd/51728/protocol = "x86_32-abi"
/local/domain/0/backend/vbd/3/51712/sectors = "131072"
/local/domain/0/backend/vbd/3/51728/sectors = "1"
`

test('whole paths: every device, each with the backend that it names', () => {
  const [first, second] = parseXenstore(PATHS)
  expect([...first!.frontend]).toEqual([
    ['backend', '/local/domain/0/backend/vbd/3/51712'],
    ['protocol', 'x86_64-abi'],
    ['ring-ref', '9'],
  ])
  expect([...first!.backend]).toEqual([['sectors', '131072']])
  expect([...second!.frontend, ...second!.backend]).toEqual([['protocol', 'x86_32-abi']])
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
    expect(parseXenstore(text)[0]!.frontend.get('protocol')).toBe('arm-abi')
    expect(ringRefs(parseXenstore(text)[0]!)).toEqual([[12, 13]])
    expect(parseXenstore(text)[0]!.backend.get('sectors')).toBe('8')
  }
  expect(parseXenstore('protocol = "arm-abi"\nring-ref0 = "4"\nring-ref1 = "5"\n')[0]!.frontend.get('protocol')).toBe('arm-abi')
  expect(ringRefs(parseXenstore('ring-ref0 = "4"\nring-ref1 = "5"\n')[0]!)).toEqual([[4, 5]])
})

test.each(['', '\0\0\0', 'no = nodes\n', '= ""\n', 'a = "b'])('text that holds no device is no device: %j', (text) => {
  expect(parseXenstore(text)).toEqual([])
})

test('queue counts that cannot be are no queues', () => {
  for (const queues of ['-1', '1e9', 'many', '99999999999'])
    expect(ringRefs(parseXenstore(`multi-queue-num-queues = "${queues}"\nring-ref = "1"\n`)[0]!)).toEqual([])
})

eachCapture('its device is found, wherever in the text it stands, and names its ring', findsDevice, {
  only: (c) => textOf(c, 'xenstore.txt') !== undefined,
})

function findsDevice(capture: Capture): void {
  const devices = parseXenstore(textOf(capture, 'xenstore.txt')!)
  const meta = JSON.parse(textOf(capture, 'meta.json')!) as {
    protocol: string
    num_queues: number
    ring_pages: number
    /** Of some captures nobody wrote them down: there are as many as pages. */
    ring_refs_per_queue?: Record<string, number[]>
  }
  for (const dump of loadDumps(capture.path)) {
    const { device, rivals } = chooseDevice(devices, dump, dump.queue)
    expect([device!.frontend.get('protocol'), rivals]).toEqual([meta.protocol, 0])
    const refs = ringRefs(device!)
    if (meta.ring_refs_per_queue) expect(refs).toEqual(Object.values(meta.ring_refs_per_queue))
    else expect(refs.map((queue) => queue.length)).toEqual(Array(meta.num_queues).fill(meta.ring_pages))
    // Listed last, it is found where its requests carry its number.
    const { ring } = decodeCapture(dump)
    if (!capture.name.includes('series') && ring.slots.some((s) => s.state === 'request'))
      expect(chooseDevice(devices.toReversed(), dump, dump.queue).device).toBe(device)
  }
}
