// The script of the empty page: it takes a ring, and shows the report of it.
import { abiByName } from '../../codec/struct/abi.ts'
import type { InputOptions, ReadAs } from '../../inputs/open-options.ts'
import { count, printable } from '../../print/text.ts'
import { NO_BLOCK_DEVICE } from '../../report/gather.ts'
import { h } from '../../report/markup.ts'
import { fill, part } from '../dom.ts'
import { chosenFiles, droppedFiles } from './dropped.ts'
import { type Given, type GivenFile, givenFiles, givenText, NotTaken } from './given.ts'
import { type ReadReport, readGiven } from './read.ts'
import { SAMPLES } from './samples.ts'
import { hideReport, reportFile, showReport } from './shown.ts'

const byId = <T extends HTMLElement>(id: string) => part(document, `#${id}`) as T
const pasted = byId<HTMLTextAreaElement>('pasted')
const save = byId('save')
const another = byId('another')
let given: Given | undefined
let shown: ReadReport | undefined
/** What was asked for last is what is shown. */
let asked = 0

function options(): InputOptions {
  const value = (id: string) => byId<HTMLSelectElement>(id).value
  const pages = Number(value('pages'))
  return { abi: abiByName(value('abi')), readAs: (value('read-as') || undefined) as ReadAs | undefined, pages: pages || undefined }
}

/** Takes what was given, and shows it. */
async function take(giving: Promise<Given> | Given): Promise<void> {
  const turn = ++asked
  say([{ kind: 'busy', text: 'reading…' }])
  try {
    const taken = await giving
    await painted()
    const read = await readGiven(taken, options())
    if (turn !== asked) return
    given = taken
    show(read)
  } catch (error) {
    if (turn !== asked) return
    const isOurs = !(error instanceof NotTaken)
    showNone([{ kind: 'error', text: isOurs ? `a fault of blkring: ${String(error)}` : error.message }])
    if (isOurs) throw error
  }
}

function show(read: ReadReport): void {
  const { devices, rings } = read.report
  const lines = [
    ...read.errors.map((text) => ({ kind: 'error', text })),
    ...read.notes.map((text) => ({ kind: 'note', text: `note: ${text}` })),
  ]
  if (devices.length === 0) {
    const nothing = { kind: 'error', text: NO_BLOCK_DEVICE }
    const notes = read.report.notes.map((text) => ({ kind: 'note', text: `note: ${text}` }))
    showNone([...lines, ...(read.errors.length > 0 ? [] : [nothing]), ...notes])
    return
  }
  shown = read
  for (const element of [save, another]) element.hidden = false
  byId('intake').hidden = true
  const names = given!.names.map((name) => (name === '.' ? `${count(given!.files.size, 'file')}` : name))
  byId('given').hidden = false
  fill(byId('given'), [h('b', {}, names.join(', ')), `: ${count(devices.length, 'device')}, ${count(rings.length, 'ring')}`])
  say([...lines, { kind: 'done unseen', text: `${devices[0]!.verdict.title}: ${devices[0]!.title}` }])
  showReport(read.report)
}

/** Nothing to look at, and why; the page asks again. */
function showNone(lines: readonly Line[]): void {
  shown = undefined
  hideReport()
  for (const element of [save, another, byId('given')]) element.hidden = true
  byId('intake').hidden = false
  say(lines)
}

interface Line {
  readonly kind: string
  readonly text: string
}

function say(lines: readonly Line[]): void {
  fill(
    byId('said'),
    lines.map(({ kind, text }) => h('p', { class: kind }, printable(text))),
  )
  if (lines.length > 0) byId('said').scrollIntoView({ block: 'nearest' })
}

/** Resolves when what was said can be seen. */
function painted(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

function takeFiles(files: Promise<readonly GivenFile[]>): void {
  void take(files.then(givenFiles))
}

function takeText(text: string): void {
  if (text !== '') void take(givenText('pasted text', text))
}

function saveReport(): void {
  const url = URL.createObjectURL(new Blob([reportFile(shown!.report)], { type: 'text/html' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'ring.html'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

byId('show').onclick = () => (pasted.value === '' ? pasted.focus() : takeText(pasted.value))
pasted.onkeydown = (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) takeText(pasted.value)
}
pasted.oninput = (event) => {
  if ((event as InputEvent).inputType === 'insertFromPaste') takeText(pasted.value)
}
for (const id of ['choose-files', 'choose-folder']) {
  const input = byId<HTMLInputElement>(id)
  input.onchange = () => {
    const files = chosenFiles(input.files!)
    // The same file may be chosen again.
    input.value = ''
    takeFiles(Promise.resolve(files))
  }
}
for (const id of ['abi', 'read-as', 'pages'])
  byId(id).onchange = () => {
    if (given) void take(given)
  }
for (const button of document.querySelectorAll<HTMLElement>('[data-sample]'))
  button.onclick = () => {
    const { given, text } = SAMPLES[button.dataset['sample']!]!()
    pasted.value = text ?? ''
    void take(given)
  }
save.onclick = saveReport
another.onclick = () => {
  given = undefined
  showNone([])
  pasted.focus()
  pasted.select()
}
addEventListener('dragover', (event) => {
  event.preventDefault()
  document.documentElement.classList.add('dragging')
})
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.documentElement.classList.remove('dragging')
})
addEventListener('drop', (event) => {
  event.preventDefault()
  document.documentElement.classList.remove('dragging')
  const data = event.dataTransfer
  if (data?.types.includes('Files')) takeFiles(droppedFiles(data))
  else takeText(data?.getData('text/plain') ?? '')
})
addEventListener('paste', (event) => {
  const data = event.clipboardData
  if (data?.types.includes('Files')) takeFiles(droppedFiles(data))
  else if (!(event.target instanceof Element && event.target.closest('textarea, input')))
    takeText(data?.getData('text/plain') ?? '')
  else return
  event.preventDefault()
})
