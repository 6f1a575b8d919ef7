// HTML and SVG as text. What is no `Markup` is text, and is escaped here and nowhere else: nothing of a ring, a file name or a guest's
// string becomes an element.
import { jsonText } from '../print/printable.ts'
import { escaped } from '../print/svg.ts'

/** Text that is HTML already. Only `h` and `scriptElement` make it. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }
}

export type Child = Markup | string | number | bigint | undefined | false | readonly Child[]
export type ElementAttributes = Readonly<Record<string, string | number | true | undefined | false>>

/** Elements that have no end tag. */
const EMPTY = new Set(['br', 'input', 'meta'])

/** An element. Of an attribute that is undefined or false nothing is written. */
export function h(name: string, attributes: ElementAttributes = {}, ...children: readonly Child[]): Markup {
  let text = `<${name}`
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) text += value === true ? ` ${key}` : ` ${key}="${escaped(String(value))}"`
  return new Markup(EMPTY.has(name) ? `${text}>` : `${text}>${htmlOf(children)}</${name}>`)
}

/** The text of children, one behind the other. */
export function htmlOf(child: Child): string {
  if (child === undefined || child === false) return ''
  if (child instanceof Markup) return child.html
  if (Array.isArray(child)) {
    let text = ''
    for (const one of child) text += htmlOf(one)
    return text
  }
  return escaped(String(child))
}

/** The element of a script of our own, or of data. @param text that has no `</script` in it, and no `<!--` */
export function scriptElement(text: string, attributes: ElementAttributes = {}): Markup {
  if (/<(?:\/script|!--)/i.test(text)) throw new Error('a script that would end its element')
  const { html } = h('script', attributes)
  return new Markup(html.replace('</script>', () => `${text}</script>`))
}

/** JSON that an HTML document may hold: nothing in it reads as a tag. */
export function dataOf(value: unknown, id: string): Markup {
  return scriptElement(jsonText(value).replaceAll('<', '\\u003c'), { type: 'application/json', id })
}

/** The element of styles. */
export function styleOf(css: string, attributes: ElementAttributes = {}): Markup {
  const { html } = h('style', attributes)
  return new Markup(html.replace('</style>', () => `${css}</style>`))
}
