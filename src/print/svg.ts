// SVG as text: elements, attributes, and what XML does not allow made harmless.
import { printable } from './text.ts'

type Value = string | number
export type Attributes = Readonly<Record<string, Value | undefined>>

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** Characters that no XML document may hold, besides the control characters that `printable` writes out. */
const FORBIDDEN = /[\ud800-\udfff\ufffe\uffff]/gu
const REPLACEMENT = '\ufffd'
/** Fractions of a pixel beyond that are seen by nobody. */
const PLACES = 2

export function escaped(text: string): string {
  return printable(text)
    .replace(FORBIDDEN, REPLACEMENT)
    .replace(/[&<>"]/g, (c) => ENTITIES[c]!)
}

/** An element of its own or around others, which are SVG already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const text = Object.entries(attributes)
    .map(([key, value]) =>
      value === undefined ? '' : ` ${key}="${typeof value === 'number' ? svgNumber(value) : escaped(value)}"`,
    )
    .join('')
  return children.length === 0 ? `<${name}${text}/>` : `<${name}${text}>${children.join('')}</${name}>`
}

/** A line of text; what is in it is shown as it is. */
export function label(text: string, attributes: Attributes): string {
  return element('text', attributes, escaped(text))
}

/** A rectangle with words that viewers show where the pointer is. */
export function bar(attributes: Attributes, title?: string): string {
  return title === undefined ? element('rect', attributes) : element('rect', attributes, element('title', {}, escaped(title)))
}

export function group(x: number, y: number, ...children: readonly string[]): string {
  return element('g', { transform: `translate(${svgNumber(x)} ${svgNumber(y)})` }, ...children)
}

export function svgNumber(n: number): string {
  return String(Number(n.toFixed(PLACES)))
}
