// Nodes as `xenstore-ls -f` prints them.
import { frontendPath, numbersOf } from './names.ts'
import type { XenstoreNodes } from './nodes.ts'

/** A line for each node. @param root the folder that they lie in; without one, their paths are relative */
export function nodeLines(root: string | undefined, nodes: Iterable<readonly [key: string, value: string]>): string[] {
  return Array.from(nodes, ([key, value]) => `${root === undefined ? '' : `${root}/`}${key} = "${value}"`)
}

/** The text of one device; `parseXenstore` reads the same device from it. */
export function deviceText(nodes: XenstoreNodes): string {
  const { frontend, backend } = nodes
  const back = frontend.get('backend')
  const numbers = numbersOf({ frontend, backend: new Map() })
  const front = backend.get('frontend') ?? (numbers && frontendPath(numbers))
  // Without a path a text is one frontend's: the backend's nodes would be taken for its own.
  const behind = front === undefined || back === undefined ? [] : nodeLines(back, backend)
  return [...nodeLines(front, frontend), ...behind].map((line) => `${line}\n`).join('')
}
