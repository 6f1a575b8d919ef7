// What a text says of a device, a queue or a port at one moment: plain values, which whoever reads a text makes, and `doctor` puts
// together.
import type { XenstoreNodes } from '../xenstore/nodes.ts'

/**
 * Which ring, device or port a statement is of, as far as its text says it. What is left out the text does not tell: statements are put
 * together by what they have in common, and one that nothing ties to a device is named as such.
 */
export interface Subject {
  /** The frontend's domain. */
  readonly domid?: number | undefined
  /** The backend's domain. */
  readonly backendDomid?: number | undefined
  /** The whole number of the device, `virtual-device` of XenStore. */
  readonly vdev?: number | undefined
  /** The name of the frontend's domain. */
  readonly guest?: string | undefined
  /** What the frontend's kernel, or the backend's `dev` node, calls the disk: `xvda`. */
  readonly disk?: string | undefined
  readonly queue?: number | undefined
  /** The frontend's event channel. */
  readonly port?: number | undefined
  /** The number of the frontend's interrupt. */
  readonly irq?: number | undefined
}

/** The end of the connection that a statement was taken at, where it matters. */
export type Side = 'frontend' | 'backend'

interface Said<K extends string> {
  readonly kind: K
  /** The file as the user named it, with what else tells where in it. */
  readonly source: string
  /** The first line that it was read from, from 1. */
  readonly line?: number | undefined
  readonly of: Subject
}

/** A device as a listing has it. */
export interface DeviceStatement extends Said<'device'> {
  readonly nodes: XenstoreNodes
}

/** An event channel as the hypervisor shows it. */
export interface PortStatement extends Said<'port'> {
  /** Whose port it is: `of.port` is always the frontend's. */
  readonly side: Side
  readonly pending: boolean
  readonly masked: boolean
}

/** A line of a log that the table of messages knows. */
export interface MessageStatement extends Said<'message'> {
  /** The name of the message in that table. */
  readonly message: string
  /** The line, without what stands before it. */
  readonly text: string
  /** The values in it, by what they are. */
  readonly values: Readonly<Record<string, string>>
  /** Seconds by the clock of the log: of the last line like it, and of the first. */
  readonly at?: number | undefined
  readonly firstAt?: number | undefined
  /** Lines like it. */
  readonly times: number
}

/** What a thread of a driver was doing. */
export interface ThreadStatement extends Said<'thread'> {
  /** `1.xvda-0`. */
  readonly thread: string
  readonly side: Side
  /** Functions, the innermost first. */
  readonly frames: readonly string[]
}

/** Requests that the guest's block layer has given to its driver. */
export interface BusyStatement extends Said<'busy'> {
  /** `list`: each is named. `tags`: tags that are taken. `inflight`: those that are accounted, which leaves out a flush. */
  readonly by: 'list' | 'tags' | 'inflight'
  readonly requests: number
  /** Requests of a list that wait above the driver. */
  readonly idle?: number | undefined
  /** How many of each operation, where each is named: `READ`, `WRITE`, `FLUSH`. */
  readonly ops?: ReadonlyMap<string, number> | undefined
}

/** A number that only grows, until something resets it. */
export interface CounterStatement extends Said<'counter'> {
  /** `interrupts`, `rd_req`, `wr_sect`, … */
  readonly counter: string
  readonly side: Side
  readonly value: number
}

/** The device below the backend. */
export interface StorageStatement extends Said<'storage'> {
  /** As the tool calls it. */
  readonly device: string
  /** Major and minor number, as `physical-device` of XenStore has them: hex with a colon. */
  readonly number: string | undefined
  readonly suspended?: boolean | undefined
  /** Requests in flight in it. */
  readonly inflight?: number | undefined
}

/** Stacks of tasks that are of no driver's end: whoever waits for I/O, or for somebody who does. */
export interface TasksStatement extends Said<'tasks'> {
  /** How many stacks, by the names of their tasks; '' for those without. */
  readonly tasks: ReadonlyMap<string, number>
}

/** What one text says of one thing at one moment. */
export type Statement =
  | DeviceStatement
  | PortStatement
  | MessageStatement
  | ThreadStatement
  | BusyStatement
  | CounterStatement
  | StorageStatement
  | TasksStatement

/** What was read out of a text: the statements in their order, and which of its lines they came from. */
export interface TextStatements {
  readonly statements: readonly Statement[]
  /** Numbers of the lines that were used, from 1, in order. */
  readonly used: readonly number[]
  /** Lines that are not empty. */
  readonly lines: number
}
