// Something to look at next, and the names that its command has of a device.
import { backendPath, frontendPath, numbersOf, parseBackendPath } from '../xenstore/names.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'

/** Something to look at next. No command changes the system unless its text says so. */
export interface NextStep {
  /** Where the command is to be run: in the backend's domain, in the guest, or anywhere. */
  readonly on: 'backend' | 'guest' | 'here'
  readonly command: string
  /** What it shows. */
  readonly why: string
}

/** Names for the commands; placeholders in capitals where XenStore is not at hand. */
export interface StepNames {
  readonly nodes: XenstoreNodes | undefined
  readonly domid: string
  readonly backendDomain: string
  readonly backendPath: string
  readonly frontendPath: string
  readonly dev: string
}

/** What is safe to paste into a shell. */
const PLAIN = /^[\w.:+/-]{1,200}$/

/** A node's value that is safe to paste into a shell. */
export function plainNode(end: ReadonlyMap<string, string> | undefined, key: string): string | undefined {
  const value = end?.get(key)
  return value !== undefined && PLAIN.test(value) ? value : undefined
}

export function stepNames(nodes: XenstoreNodes | undefined): StepNames {
  const path = parseBackendPath(nodes?.frontend.get('backend'))
  const numbers = nodes && numbersOf(nodes)
  const back = (key: string) => plainNode(nodes?.backend, key)
  return {
    nodes,
    domid: numbers?.domain ?? back('frontend-id') ?? 'DOMID',
    backendDomain: path?.backendDomain ?? '0',
    backendPath: path?.path ?? backendPath(0, 'vbd', numbers?.domain ?? 'DOMID', numbers?.vdev ?? 'VDEV'),
    frontendPath: frontendPath({ domain: numbers?.domain ?? 'DOMID', vdev: numbers?.vdev ?? 'VDEV' }),
    dev: back('dev') ?? 'DEV',
  }
}
