// The work of `diff --snapshots`: moments of one device in order, each held against the one before.

import type { Replacement } from '../../codec/ring/replaced.ts'
import { isStill, type Order, replacementIn, type SideRing, transitionOf } from '../../diff/index.ts'
import type { Extracted } from '../../image/index.ts'
import type { Style } from '../../print/style.ts'
import { EXIT_CLEAN, EXIT_FAILED, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { warn } from '../../terminal/failure.ts'
import { JsonList } from '../../terminal/json-list.ts'
import { write } from '../../terminal/output.ts'
import { connectedAnew } from '../../xenstore/connection.ts'
import type { DiffInput } from './pairs.ts'
import { DiffSide, type SideMoment } from './sides.ts'
import { transitionJson } from './transition-json.ts'
import { transitionText } from './transition-text.ts'

export interface SnapshotOptions {
  readonly json: boolean
  readonly style: Style
  readonly width: number
}

/** Prints what happened from each moment of the inputs to the next, and returns the exit code. */
export async function snapshotInputs(inputs: readonly DiffInput[], options: SnapshotOptions): Promise<number> {
  const print = options.json ? jsonPrinter() : textPrinter(options)
  const last = new Map<number | undefined, LastRing>()
  let [moments, failed, happened] = [0, false, false]
  for (const input of inputs) {
    const side = await DiffSide.open(input.path, '', input)
    while (!side.ended) {
      const moment = side.take()
      moments++
      const replacement = replacementOf(moment, last)
      for (const [i, ring] of moment.rings.entries()) {
        if (ring.ring.indices === 'impossible' || ring.ring.missing.indices.length > 0) {
          side.noteUnknown({ what: 'indices', side: 'b', queue: ring.queue }, moment.name.source)
          continue
        }
        const before = last.get(ring.queue)
        const place = moment.extracted[i]
        last.set(ring.queue, { ring, moment, place })
        if (!before) continue
        const transition = transitionOf(before.ring, ring, {
          replacement,
          newRings: moment.rings,
          xenstore: moment.xenstore,
        })
        const unrelated = unrelatedBy(before.place, place, transition.order)
        if (unrelated !== undefined) {
          failed = true
          warn(`${moment.name.source}: no later moment of ${before.moment.name.source}: ${unrelated}`)
          continue
        }
        for (const { slot, gref, when } of transition.unseen)
          side.noteUnknown(
            { what: 'page', side: 'b', slot: { queue: ring.queue, slot }, gref },
            sourceOf(when, before.moment, moment),
          )
        if (!isStill(transition)) happened = true
        print.transition(before.moment, moment, transition)
      }
    }
    if (side.failed) failed = true
    side.warn()
  }
  print.end()
  if (moments < 2 && !failed) {
    warn(`${inputs.map(({ path }) => path).join(' ')}: one moment only; --snapshots needs two or more`)
    return EXIT_FAILED
  }
  return failed ? EXIT_FAILED : happened ? EXIT_FINDINGS : EXIT_CLEAN
}

/** Why two rings are no moments of one; undefined where they can be. */
function unrelatedBy(before: Extracted | undefined, after: Extracted | undefined, order: Order): string | undefined {
  if (before && after && before.image === after.image && before.place !== after.place)
    return 'both were found in one memory image, which is one moment'
  return order === 'unrelated' ? 'indices, layout, size, or slots that cannot have changed do not go together' : undefined
}

/** The last that was seen of a queue. */
interface LastRing {
  readonly ring: SideRing
  readonly moment: SideMoment
  readonly place: Extracted | undefined
}

function replacementOf(moment: SideMoment, last: ReadonlyMap<number | undefined, LastRing>): Replacement | undefined {
  const pairs = moment.rings.flatMap((ring) => {
    const before = last.get(ring.queue)
    return before && isOfOneDevice(before.moment, moment) ? [[before.ring, ring] as const] : []
  })
  return replacementIn(pairs)
}

/** By their names, or by what XenStore names; the second is the later by its number, or by its place among the inputs. */
function isOfOneDevice(before: SideMoment, after: SideMoment): boolean {
  if (before.series === after.series) return after.number > before.number
  return connectedAnew(before.xenstore, after.xenstore)
}

function sourceOf(when: 'before' | 'after', before: SideMoment, after: SideMoment): string {
  return (when === 'before' ? before : after).name.source
}

interface Printer {
  transition(before: SideMoment, after: SideMoment, transition: ReturnType<typeof transitionOf>): void
  end(): void
}

function textPrinter({ style, width }: SnapshotOptions): Printer {
  let separator = ''
  return {
    transition(before, after, transition) {
      const text = transitionText(before.name.source, after.name.source, transition, style, width)
      if (text !== '') write(separator + text)
      if (text !== '') separator = '\n'
    },
    end() {},
  }
}

function jsonPrinter(): Printer {
  const list = new JsonList(false)
  return {
    transition: (before, after, transition) => list.add(transitionJson(before.json, after.json, transition)),
    end: () => list.end(),
  }
}
