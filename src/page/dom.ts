// What the page's script asks of the document.
import { type Child, htmlOf } from '../report/markup.ts'

/** @throws where there is none: the document is our own */
export function part(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector)
  if (!found) throw new Error(`no ${selector} in the page`)
  return found
}

/** All text in it was escaped where it was made (report/markup.ts). */
export function fill(element: HTMLElement, content: Child): void {
  element.innerHTML = htmlOf(content)
}

/** The number in a `data-` attribute of the element or of one around it. */
export function numberAt(target: EventTarget | null, name: string): number | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>(`[data-${name}]`) : undefined
  const value = element?.dataset[name]
  return value === undefined ? undefined : Number(value)
}
