import type { XenstoreNodes } from '../../codec/xen/xenbus.ts'

const BACKEND = /\/backend\/(?:vbd|qdisk)\/(\d+)\/(\d+)\/?$/
const FRONTEND = /\/domain\/(\d+)\/device\/vbd\/(\d+)\/?$/

/**
 * What Linux's backend calls a disk (/sys/bus/xen-backend/devices): `vbd-DOMAIN-VDEV`. Undefined where neither end names the
 * other.
 */
export function deviceName({ frontend, backend }: XenstoreNodes): string | undefined {
  const named = BACKEND.exec(frontend.get('backend') ?? '') ?? FRONTEND.exec(backend.get('frontend') ?? '')
  return named ? `vbd-${named[1]}-${named[2]}` : undefined
}
