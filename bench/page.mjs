// An HTML file in Chromium (FILE), opened once for each line of standard input, each time in a process of its own: the CPU seconds of that process
// until the page is loaded, its script has run and it is painted, and what its JavaScript heap holds then.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [browserPath, file] = process.argv.slice(2)
const url = pathToFileURL(file).href
const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })

async function opened() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true })
  try {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    await page.goto(url)
    // The frame after the next one begins when the first is painted.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { metrics } = await session.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  } finally {
    await context.close()
  }
}

for await (const _ of createInterface({ input: process.stdin })) {
  const { ProcessTime, Nodes, JSHeapUsedSize } = await opened()
  process.stdout.write(`${ProcessTime} ${Nodes} ${JSHeapUsedSize / 2 ** 20}\n`)
}
await browser.close()
