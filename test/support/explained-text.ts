import { RequestExplainer } from '../../src/commands/generate/explain-text.ts'
import { ByteSink } from '../../src/print/byte-sink.ts'
import { plainStyle } from '../../src/print/style.ts'
import type { ExplainedRequest } from '../../src/scenario/player/index.ts'

/** What `generate --explain` prints of a request, in a pipe. */
export function explainedText(request: ExplainedRequest): string {
  let text = ''
  const sink = new ByteSink(4096, (bytes) => {
    text += Buffer.from(bytes).toString('latin1')
  })
  new RequestExplainer(sink, { style: plainStyle, width: Number.POSITIVE_INFINITY }).write(request)
  sink.flush()
  return text.slice(1)
}
