// Which rings a report has: those that were replaced, and those without the indices of their header.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inputOptions } from '../../src/commands/shared/input-flags.ts'
import { openedInputs } from '../../src/commands/shared/inputs.ts'
import { gatherReport } from '../../src/report/gather.ts'
import { RingMoments } from '../../src/report/moments.ts'
import { areaNamed, sheetMarkup, sheetOfArea } from '../../src/report/render/bytes.ts'
import { ringMarkup } from '../../src/report/render/ring.ts'

async function reportOf(...inputs: string[]) {
  const { report } = await gatherReport(inputs, {
    ...inputOptions({ abi: 'auto', raw: false, text: false }),
    open: openedInputs,
    onError(error) {
      throw error
    },
  })
  return report
}

describe('a ring that was replaced', () => {
  test('is shown behind the new one, for what it was', async () => {
    const report = await reportOf('docs/examples/resume.yaml')
    const [device, ...others] = report.devices
    expect(others).toEqual([])
    expect(device!.rings).toEqual([0, 1])
    expect(device!.links.map(({ ring }) => ring)).toEqual([0, 1])
    const [now, old] = report.rings
    expect(now!.was).toBeUndefined()
    expect(old!.was).toMatch(/^This ring is no more: that of .*ring-001\.bin came in its place/)
    const inFlight = (ring: typeof now) => ring!.moments.map((moment) => moment.inFlight)
    expect([inFlight(now), inFlight(old)]).toEqual([[0], [2]])
  })

  test('is what the new one is held against, and is not judged by the listing of the new one', async () => {
    const { rings } = await reportOf('docs/examples/resume.yaml')
    const rules = rings.map(({ findings }) => findings.flatMap((list) => list.map(({ rule }) => rule)))
    expect(rules[0]).toContain('resume-uncovered')
    expect(rules[1]).not.toContain('indirect-over-offer')
  })
})

describe('a ring without the indices of its header', () => {
  const headless = 'dumps/made/headless-paste.txt'

  test('has a section, in which nothing is said of what its slots hold', async () => {
    const report = await reportOf(headless)
    expect(report.devices.map(({ verdict, rings }) => [verdict.name, verdict.problem, rings])).toEqual([['not-shown', false, [0]]])
    const { html } = ringMarkup(report, report.rings[0]!, 1)
    expect(html.match(/<a class="slot unknown/g)).toHaveLength(32)
    expect(html).not.toMatch(/class="caret|not used yet|in use[,;]/)
    expect(html.match(/<dd>not in the input<\/dd>/g)).toHaveLength(4)
  })

  test('shows the bytes that are there, and no others', async () => {
    const report = await reportOf(headless)
    const view = new RingMoments(report.rings[0]!).view(0)
    const line = readFileSync(headless, 'utf8')
      .split('\n')
      .find((text) => text.startsWith('00000050:'))!
    const wanted = line.slice(10, 49).replaceAll(' ', '').match(/../g)
    const { html } = sheetMarkup(sheetOfArea(view, areaNamed(view, { slot: 0 })), view, { ring: 1, moment: undefined })
    const row = /<th scope="row">050<\/th><td class="hex">(.*?)<\/td>/.exec(html)![1]!
    expect([...row.matchAll(/>(..)<\/i>/g)].map(([, byte]) => byte)).toEqual(wanted)
    const header = sheetMarkup(sheetOfArea(view, areaNamed(view, { at: 0 })), view, { ring: 1, moment: undefined }).html
    expect(header.match(/>\?\?<\/i>/g)!.length).toBe(0x20 + 1)
    expect(header).toContain('not in the input')
  })
})
