// What `generate` writes, `decode` reads back: requests of all drivers, ABIs and page sizes, and the scenario that made them.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { BlockRequest } from '../../../src/blkfront/index.ts'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import type { Request } from '../../../src/codec/ring/request.ts'
import { openSink } from '../../../src/commands/generate/sinks.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { parseScenarioText, scriptOf } from '../../../src/scenario/file/index.ts'
import { type Played, Player } from '../../../src/scenario/player/index.ts'
import { scenario } from './scenario-arbitrary.ts'
import { loadYaml } from './scenario-files.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function generate(file: { readonly steps: readonly unknown[] }, name: string): { folder: string; played: Played[] } {
  const folder = join(scratch, name)
  const sink = openSink(file, { output: folder, force: true, series: false })!
  const player = new Player(scriptOf(file))
  const played = [...player.play()]
  sink.end(player)
  return { folder, played }
}

/** The last request written to each slot, and which of its slots that is. */
function writtenTo(played: readonly Played[]): Map<number, { request: BlockRequest; id: number; part: number; parts: number }> {
  const written = new Map()
  for (const p of played)
    if (p.type === 'step' && p.outcome.type === 'submit' && p.outcome.result === 'queued') {
      const { request, slots, ids } = p.outcome
      for (const [part, slot] of slots.entries()) written.set(slot, { request, id: ids[part], part, parts: slots.length })
    }
  return written
}

/** first_sect and last_sect of every 4 KiB that segments touch, by the plainest way there is: sector by sector. */
function sectorsPerChunk({ segments }: BlockRequest): { first_sect: number; last_sect: number }[] {
  const chunks: { key: string; first_sect: number; last_sect: number }[] = []
  for (const [page, from, length] of segments)
    for (let at = from; at < from + length; at += 512) {
      const key = `${page} ${Math.floor(at / 4096)}`
      const sect = (at % 4096) / 512
      const last = chunks.at(-1)
      if (last?.key === key) last.last_sect = sect
      else chunks.push({ key, first_sect: sect, last_sect: sect })
    }
  return chunks.map(({ first_sect, last_sect }) => ({ first_sect, last_sect }))
}

function summary(r: Request) {
  const op = r.kind === 'indirect' ? (r.indirect_op === 0 ? 'read' : 'write') : r.op
  const sectors =
    r.kind === 'rw' || r.kind === 'indirect' ? r.segments!.map(({ first_sect, last_sect }) => ({ first_sect, last_sect })) : []
  const nr = r.kind === 'discard' ? r.nr_sectors : undefined
  return { op, id: r.id, sector: r.sector_number, sectors, nr, handle: r.kind === 'discard' ? undefined : r.handle }
}

/** Requests of the ring that no response answered, both halves of one that was split. */
function unanswered(played: readonly Played[]): number {
  const inFlight = new Set<string>()
  for (const p of played) {
    if (p.type !== 'step') continue
    if (p.outcome.type === 'submit' && p.outcome.result === 'queued') for (const id of p.outcome.ids) inFlight.add(String(id))
    else if (p.outcome.type === 'respond') expect(inFlight.delete(String(p.outcome.request!.id))).toBe(true)
  }
  return inFlight.size
}

test('decode reads back the requests that generate was asked for', () => {
  const runs = { requests: 0, indirect: 0, split: 0 }
  fc.assert(
    fc.property(scenario, (file) => {
      const { folder, played } = generate(file, 'round-trip')
      const written = writtenTo(played)
      const [dump] = [...loadDumps(folder)]
      const { ring, protocol, findings } = decodeCapture(dump!)
      expect(protocol.how).toBe('xenstore')
      expect(findings).toEqual([])
      expect(ring.slots.filter((s) => s.state === 'request')).toHaveLength(unanswered(played))
      for (const slot of ring.slots) {
        if (slot.state !== 'request') continue
        const { request, id, part, parts } = written.get(slot.slot)!
        const all = sectorsPerChunk(request)
        const sectors = parts === 1 ? all : part === 0 ? all.slice(0, 11) : all.slice(11)
        const barrier = file.features.barrier && !file.features.flush
        const op = request.op === 'flush' || request.fua ? (barrier ? 'barrier' : 'flush') : request.op
        expect(summary(slot.request)).toEqual({
          op,
          id: BigInt(id),
          sector: request.sector + BigInt(88 * part),
          sectors,
          nr: request.op === 'discard' ? BigInt(request.nrSectors) : undefined,
          handle: request.op === 'discard' ? undefined : file.handle,
        })
        runs.requests++
        if (slot.request.kind === 'indirect') runs.indirect++
        if (parts === 2) runs.split++
      }
    }),
    { numRuns: 400 },
  )
  expect(runs.requests).toBeGreaterThan(500)
  expect(runs.indirect).toBeGreaterThan(50)
  expect(runs.split).toBeGreaterThan(10)
})

test('the same scenario gives the same bytes, and so does its scenario.json', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (file) => {
      const first = generate(file, 'first').folder
      const again = generate(file, 'again').folder
      const text = readFileSync(join(first, 'scenario.json'), 'utf8')
      const third = generate((await parseScenarioText(text, loadYaml)) as { steps: unknown[] }, 'third').folder
      for (const folder of [again, third]) {
        expect(readdirSync(folder)).toEqual(readdirSync(first))
        for (const name of readdirSync(first))
          expect(readFileSync(join(folder, name)).equals(readFileSync(join(first, name))), name).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})
