// What a listing does not say of the devices that it names.
import { frontendPath, parseBackendPath } from './names.ts'
import type { Vbd } from './nodes.ts'
import { ringRefs } from './queues.ts'

/** Of a device: nodes of either end; of the frontend's those that say where its rings are, or what layout they have. */
export const MISSING_PARTS = ['frontend', 'rings', 'protocol', 'backend'] as const

export type MissingPart = (typeof MISSING_PARTS)[number]

/** What is missing of some devices, and the folder of XenStore that has it. */
export interface MissingNodes {
  readonly part: MissingPart
  readonly vbds: readonly Vbd[]
  /** The folder that all of it lies in. */
  readonly folder: string
}

interface PartRule {
  readonly part: MissingPart
  isMissing(vbd: Vbd): boolean
  folder(vbd: Vbd): string | undefined
}

const ROOT = '/local/domain'

const PARTS: readonly PartRule[] = [
  { part: 'frontend', isMissing: ({ published }) => !published, folder: frontendOf },
  {
    part: 'rings',
    isMissing: (vbd) => vbd.published && mayBeConnected(vbd) && ringRefs(vbd).every((refs) => refs.length === 0),
    folder: frontendOf,
  },
  {
    part: 'protocol',
    // The toolstack writes device-type beside it: without both the text is no listing of the folder.
    isMissing: ({ published, frontend }) => published && !frontend.has('protocol') && !frontend.has('device-type'),
    folder: frontendOf,
  },
  { part: 'backend', isMissing: ({ backend }) => !backend.has('state'), folder: backendOf },
]

/** What is missing, part by part. */
export function missingParts(vbds: readonly Vbd[]): MissingNodes[] {
  return PARTS.flatMap(({ part, isMissing, folder }) => {
    const of = vbds.filter(isMissing)
    return of.length === 0 ? [] : [{ part, vbds: of, folder: commonFolder(of.map((vbd) => folder(vbd) ?? ROOT)) }]
  })
}

/** A frontend that has written its state has written its rings before, from Initialised on; without a state it may have. */
function mayBeConnected({ frontend }: Vbd): boolean {
  const state = frontend.get('state')
  return state === undefined || state === '3' || state === '4'
}

function frontendOf({ domain, vdev, backend }: Vbd): string | undefined {
  if (domain === undefined) return backend.get('frontend')
  return vdev === undefined ? `${ROOT}/${domain}/device/vbd` : frontendPath({ domain, vdev })
}

function backendOf({ frontend }: Vbd): string | undefined {
  const id = frontend.get('backend-id')
  const named = parseBackendPath(frontend.get('backend'))?.path
  return named ?? (id === undefined || !/^\d{1,5}$/.test(id) ? undefined : `${ROOT}/${id}/backend`)
}

function commonFolder(paths: readonly string[]): string {
  let common = paths[0]!.split('/')
  for (const path of paths) {
    const segments = path.split('/')
    const at = common.findIndex((segment, i) => segment !== segments[i])
    if (at >= 0) common = common.slice(0, at)
  }
  return common.length > 2 ? common.join('/') : ROOT
}
