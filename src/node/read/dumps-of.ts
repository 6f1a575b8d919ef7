// The rings of one file, with what lies around it.
import { basename } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { chooseDevice } from '../../capture/choose-device.ts'
import { memberOf, XENSTORE } from '../../capture/dump-names.ts'
import type { Finding } from '../../codec/ring/finding.ts'
import type { IndirectPages } from '../../codec/ring/request.ts'
import type { TextRing } from '../../hexdump/index.ts'
import type { OpenOptions, RecognisedInput } from './kinds/kind.ts'
import type { RawRing } from './raw-pages.ts'
import type { Surroundings } from './surroundings.ts'

/** A ring and what its own file says of it. */
type RingOfFile = RawRing & Partial<Pick<TextRing, 'indirectPages' | 'queue' | 'origin'>>

/** @param several the file is one ring after another */
export function* dumpsOf(
  { path, around, source }: RecognisedInput,
  rings: Iterable<RingOfFile>,
  several: boolean,
  { pages }: OpenOptions,
): Generator<Capture> {
  const { devices, grants, extracted } = around
  const number = pages === undefined ? memberOf(basename(path))?.moment : undefined
  let snapshot = 0
  try {
    for (const ring of rings) {
      const queue = around.queue ?? ring.queue
      const { device, rivals } = chooseDevice(devices ?? [], ring, queue)
      yield {
        source: several ? `${path}[${snapshot}]` : path,
        queue,
        snapshot: snapshot++,
        number,
        bytes: ring.bytes,
        indirectPages: pagesOf(ring, around.pages?.of(basename(path), several)),
        xenstore: device,
        grants,
        extracted,
        findings: [...xenstoreFindings(around, rivals), ...ring.findings],
        ...(ring.origin === undefined ? {} : { origin: ring.origin }),
        ...(ring.missing.length > 0 ? { missing: ring.missing } : {}),
      }
    }
  } finally {
    source.close()
  }
}

/** The pages that lie in the file itself before those beside it. */
function pagesOf({ indirectPages: own }: RingOfFile, beside: IndirectPages = new Map<number, Uint8Array>()): IndirectPages {
  if (!own) return beside
  return {
    get: (gref) => own.get(gref) ?? beside.get(gref),
    isCommon: (gref) => !own.has(gref) && beside.isCommon?.(gref) === true,
  }
}

function xenstoreFindings({ devices }: Surroundings, rivals: number): Finding[] {
  if (devices?.length === 0)
    return [{ code: 'xenstore-empty', message: `${XENSTORE} names no block device: is it the output of xenstore-ls?` }]
  if (rivals === 0) return []
  return [{ code: 'xenstore-ambiguous', message: `${XENSTORE} names ${rivals + 1} devices that fit this ring; the first is taken` }]
}
