// The event channels that Xen prints on its console at the debug key e (`xl debug-keys e; xl dmesg`): every port of every domain, and
// whether an event is pending on it (xen/common/event_channel.c, domain_dump_evtchn_info).

/** What a port is bound to; the numbers are those of `s=`. */
const PORT_KINDS = ['free', 'reserved', 'unbound', 'interdomain', 'pirq', 'virq', 'ipi'] as const

/** A port of a domain at the moment of the print. */
export interface PrintedPort {
  /** The domain whose port it is. */
  readonly domid: number
  readonly port: number
  /** An event came that the domain has not taken up. */
  readonly pending: boolean
  /** Events are held back. */
  readonly masked: boolean
  readonly kind: (typeof PORT_KINDS)[number] | undefined
  /** The other end: of an interdomain port both, of an unbound one the domain that it is for. */
  readonly remoteDomid: number | undefined
  readonly remotePort: number | undefined
  /** The number of its line. */
  readonly line: number
}

/** A line of a text, without what stands before it. */
interface Line {
  readonly number: number
  readonly text: string
}

export interface PortText {
  readonly ports: readonly PrintedPort[]
  /** The numbers of all lines of the print: its heads and ports. */
  readonly lines: readonly number[]
}

const DOMAIN = /^\s*Event channel information for domain (\d{1,5}):/
const PORT = /^\s*(\d{1,7}) \[([01])\/([01])(?:\/[^\]]{0,40})?\]:((?: +\w=-?\w+)*)/
const AROUND = /'e' pressed -> dumping event-channel info|^\s*Polling vCPUs: \{|^\s*port \[p\/m/

/** The ports in the lines of a text. */
export function readPorts(lines: Iterable<Line>): PortText {
  const ports: PrintedPort[] = []
  const used: number[] = []
  let domid: number | undefined
  for (const { number, text } of lines) {
    const domain = DOMAIN.exec(text)
    if (domain) domid = Number(domain[1])
    const port = domain || domid === undefined ? null : PORT.exec(text)
    if (port) ports.push(portOf(domid!, port, number))
    if (domain || port || AROUND.test(text)) used.push(number)
  }
  return { ports, lines: used }
}

function portOf(domid: number, [, port, pending, masked, words]: RegExpExecArray, line: number): PrintedPort {
  const values = new Map(
    words!
      .trim()
      .split(/ +/)
      .map((word) => [word[0], Number(word.slice(2))]),
  )
  const kind = PORT_KINDS[values.get('s') ?? -1]
  const isBound = kind === 'interdomain'
  return {
    domid,
    port: Number(port),
    pending: pending === '1',
    masked: masked === '1',
    kind,
    remoteDomid: isBound || kind === 'unbound' ? values.get('d') : undefined,
    remotePort: isBound ? values.get('p') : undefined,
    line,
  }
}
