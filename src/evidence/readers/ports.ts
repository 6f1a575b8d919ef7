// Event channels that the hypervisor prints.
import { readPorts } from '../../hypervisor/ports.ts'
import type { Paste, Reading } from '../reader.ts'
import type { PortStatement, Side } from '../statement.ts'

/**
 * A port between two domains is the frontend's or the backend's: each is said as both, and the one that XenStore's event-channel names
 * finds its device.
 */
export function* portReader({ source, lines }: Paste): Generator<Reading> {
  const found = readPorts(lines)
  let used = found.lines
  for (const { domid, port, pending, masked, remoteDomid, remotePort, line } of found.ports) {
    if (remoteDomid === undefined || remotePort === undefined) continue
    const said = (side: Side, of: PortStatement['of']): Reading => ({
      statement: { kind: 'port', source, line, of, side, pending, masked },
      lines: used,
    })
    yield said('frontend', { domid, backendDomid: remoteDomid, port })
    used = []
    yield said('backend', { domid: remoteDomid, backendDomid: domid, port: remotePort })
  }
}
