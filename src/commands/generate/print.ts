// What `generate` prints on standard output: a text for people, one JSON document, or nothing beside raw pages.

import type { ConnectOutcome, ScenarioConfig, StepOutcome } from '../../blkfront/index.ts'
import { ByteSink } from '../../print/byte-sink.ts'
import { folded } from '../../print/fold.ts'
import { jsonText } from '../../print/printable.ts'
import type { Sheet } from '../../print/style.ts'
import type { ExplainedRequest } from '../../scenario/player/index.ts'
import { ClosedPipe, OutputError, write, writeBytes } from '../../terminal/output.ts'
import { CONTINUES_AT } from './chunk-table.ts'
import { explainHeader, RequestExplainer } from './explain-text.ts'
import { recoveryText } from './recovery-text.ts'
import { type GenerateTotals, limitsJson, summaryText, totalsJson } from './report.ts'
import { writeRequestJson } from './request-json.ts'
import { type FromRingReport, ringReportJson } from './ring-report.ts'
import { SideOutput } from './side-output.ts'

export interface PrintOptions {
  readonly output: string | undefined
  readonly explain: boolean
  readonly json: boolean
}

const BATCH = 64 * 1024

export class Printer {
  readonly #options: PrintOptions
  readonly #sheet: Sheet
  /** A folder is written whether or not anybody reads what is said of it. */
  readonly #aside: SideOutput | undefined
  /** Of requests, whose text is made of words and numbers of ours alone. */
  readonly #requests: ByteSink
  readonly #explainer: RequestExplainer
  /** What stands in the JSON document before its next part. */
  #before = '{"requests": ['

  /** @param sheet lines of text keep to its width */
  constructor(options: PrintOptions, sheet: Sheet) {
    this.#options = options
    this.#sheet = sheet
    this.#aside = options.output === undefined || options.output === '-' ? undefined : new SideOutput()
    const aside = this.#aside
    this.#requests = new ByteSink(BATCH, (bytes) => {
      if (aside) aside.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'))
      else writeBytes(bytes)
    })
    this.#explainer = new RequestExplainer(this.#requests, sheet)
  }

  /** Somebody reads of each request. */
  get showsRequests(): boolean {
    return (this.#options.explain || this.#options.json) && !this.#aside?.gone
  }

  connected(config: ScenarioConfig, nr_ents: number, outcome: ConnectOutcome): void {
    if (this.#options.explain) this.#printText(explainHeader(config, nr_ents, outcome, this.#sheet.style))
    const limits = jsonText(limitsJson(outcome.limits))
    this.#before = `{"driver": ${jsonText(config.driver)}, "limits": ${limits}, "requests": [`
  }

  /** Prints a request; `drain` is to follow where the output is full. */
  request(explained: ExplainedRequest): void {
    if (this.#options.json) {
      this.#requests.text(`${this.#before}\n`)
      writeRequestJson(explained, this.#requests)
      this.#before = ','
    } else this.#explainer.write(explained)
  }

  /** What a suspend and a resume did. */
  recovery(outcome: StepOutcome): void {
    const text = this.#options.explain ? recoveryText(outcome, this.#sheet.style) : ''
    if (text !== '') this.#printText(`\n${text}`)
  }

  /** Much waits to be drained: of each request to wait would cost more than its text. */
  get isFull(): boolean {
    return this.#aside?.isFull ?? false
  }

  async drain(): Promise<void> {
    await this.#aside?.flush()
  }

  async end(totals: GenerateTotals, notes: readonly string[], ring?: FromRingReport): Promise<void> {
    const { json, output, explain } = this.#options
    if (json) this.#endJson('totals', totalsJson(totals), ring)
    else if (output !== '-') this.#printText(summaryText(totals, notes, explain, this.#sheet.style))
    await this.#aside?.flush()
  }

  /** The document is whole also where the work was not done. */
  async fail(error: unknown): Promise<void> {
    if (isUnwritable(error)) return
    try {
      if (this.#options.json) this.#endJson('error', error instanceof Error ? error.message : String(error))
      this.#requests.flush()
      await this.#aside?.flush()
    } catch (failed) {
      // Of two failures the first is told.
      if (!isUnwritable(failed)) throw failed
    }
  }

  #endJson(key: 'totals' | 'error', value: unknown, ring?: FromRingReport): void {
    // After a request, what stands before the next part is a comma.
    if (this.#before === ',') this.#before = ''
    const fromRing = ring ? `"fromRing": ${jsonText(ringReportJson(ring))},\n` : ''
    this.#printJson(`],\n${fromRing}"${key}": ${jsonText(value)}}\n`, '')
  }

  #printJson(text: string, next: string): void {
    this.#print(`${this.#before}${text}`)
    this.#before = next
  }

  #printText(text: string): void {
    this.#print(folded(text, CONTINUES_AT, this.#sheet.width))
  }

  #print(text: string): void {
    this.#requests.flush()
    if (this.#aside) this.#aside.write(text)
    else write(text)
  }
}

function isUnwritable(error: unknown): boolean {
  return error instanceof ClosedPipe || error instanceof OutputError
}
