// A page without a ring: it asks for one, and its script makes of it the report that the command would write.
import { RING_PAGE_COUNTS } from '../../codec/ring/geometry.ts'
import { ABIS } from '../../codec/struct/abi.ts'
import { h, type Markup, scriptElement, styleOf } from '../markup.ts'
import { type BuiltPart, htmlFile, REPORT_PARTS, statusMarkup } from './document.ts'

type EmptyPart = (typeof REPORT_PARTS)[number] | 'report-empty.js' | 'report-empty-style.css'

export function emptyHtml(built: BuiltPart<EmptyPart>, version: string): string {
  // What goes into the reports that it saves; its own styles are theirs and a few more.
  const styles = REPORT_PARTS.filter((name) => name.endsWith('.css')).map((name) => styleOf(built(name), { id: name }))
  const scripts = REPORT_PARTS.filter((name) => name.endsWith('.js')).map((name) =>
    scriptElement(built(name), { type: 'text/plain', id: name }),
  )
  const body = [
    h('a', { class: 'skip', href: '#main' }, 'to the page'),
    h('header', { class: 'top' }, h('p', {}, h('b', {}, 'blkring'), ` report ${version}`), h('div', { id: 'devices' })),
    h(
      'main',
      { id: 'main' },
      h(
        'noscript',
        {},
        h('p', { class: 'no-script' }, 'This page decodes rings with its script, which this browser does not run.'),
      ),
      h('div', { id: 'said', role: 'status', 'aria-live': 'polite' }),
      intakeMarkup(),
      readingMarkup(),
      h('div', { id: 'report', tabindex: -1, role: 'region', 'aria-label': 'report', hidden: true }),
    ),
    statusMarkup(),
    scripts,
    scriptElement(built('report-empty.js'), { 'data-version': version }),
  ]
  return htmlFile(body, { title: 'blkring', styles: [...styles, styleOf(built('report-empty-style.css'))], version })
}

/** How a text begins that has a ring in it. */
const EXAMPLE = '00000000: 3800 0000 3900 0000 2900 0000 2a00 0000  8...9...)...*...'

function intakeMarkup(): Markup {
  return h(
    'section',
    { id: 'intake', 'aria-labelledby': 'intake-title' },
    h('h1', { id: 'intake-title' }, 'Look at a ring'),
    h(
      'p',
      { class: 'lead' },
      'Drop a ring page, a dump folder, a hexdump, a listing of XenStore, a log or a scenario anywhere on this page, or paste its text. It is decoded here: nothing leaves this page, and it loads nothing.',
    ),
    h(
      'div',
      { class: 'drop' },
      h('span', {}, 'Drop files here, or'),
      fileButton('choose-files', 'Choose files', {}),
      fileButton('choose-folder', 'Choose a folder', { webkitdirectory: true }),
      h('span', { class: 'hint' }, 'ring.bin, its indirect-*.bin and xenstore.txt are one ring; other files are one each'),
    ),
    h('label', { for: 'pasted' }, 'or paste text'),
    h('textarea', {
      id: 'pasted',
      rows: 10,
      spellcheck: 'false',
      autocomplete: 'off',
      placeholder: EXAMPLE,
      'aria-describedby': 'paste-hint',
    }),
    h(
      'p',
      { class: 'go' },
      h('button', { type: 'button', id: 'show' }, 'Show'),
      h(
        'span',
        { id: 'paste-hint', class: 'hint' },
        'xxd, hexdump, od, gdb, crash, xenstore-ls, a console log, YAML; Ctrl+Enter shows it',
      ),
    ),
    h(
      'p',
      { class: 'samples' },
      'or look at one: ',
      h('button', { type: 'button', 'data-sample': 'ring' }, 'a captured ring'),
      h('button', { type: 'button', 'data-sample': 'scenario' }, 'a scenario'),
    ),
  )
}

function fileButton(id: string, text: string, attributes: { readonly webkitdirectory?: true }): Markup {
  return h('label', { class: 'file', for: id }, h('input', { type: 'file', id, multiple: true, ...attributes }), text)
}

/** How it is read, which can be changed while it is looked at. */
function readingMarkup(): Markup {
  const choice = (id: string, label: string, options: readonly (readonly [string, string])[]) =>
    h(
      'span',
      { class: 'choice' },
      h('label', { for: id }, label),
      h(
        'select',
        { id },
        options.map(([value, text]) => h('option', { value }, text)),
      ),
    )
  return h(
    'section',
    { id: 'reading', 'aria-label': 'how it is read' },
    h('p', { id: 'given', hidden: true }),
    h(
      'p',
      {},
      choice('abi', 'ABI', [['auto', 'auto'], ...ABIS.map(({ name }) => [name, name] as const)]),
      choice('read-as', 'read as', [
        ['', 'what it looks like'],
        ['raw', 'raw pages'],
        ['text', 'text'],
      ]),
      choice('pages', 'pages of a ring', [['', 'all'], ...RING_PAGE_COUNTS.map((n) => [String(n), String(n)] as const)]),
      h('button', { type: 'button', id: 'save', hidden: true }, 'Save this report'),
      h('button', { type: 'button', id: 'another', hidden: true }, 'Another ring'),
    ),
  )
}
