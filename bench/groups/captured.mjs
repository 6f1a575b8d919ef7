const MIB = 2 ** 20
/** What goes through objects gets a part of the capture. */
const PART = 8

const FORMATS = {
  ndjson: ['decode', '--ndjson'],
  csv: ['decode', '--csv'],
  parquet: ['decode', '--parquet', '-'],
  where: ['decode', '--ndjson', '--where', 'slot > 99'],
  stats: ['stats'],
}
const OBJECTS = {
  text: ['decode'],
  json: ['decode', '--json'],
  check: ['check'],
}

/** @type {import('../table.mjs').Group} */
export default {
  name: 'captured',
  about: `Captured rings laid end to end, as many bytes as the synthetic capture has, against that; for what goes through objects (text, JSON, \`check\`) an eighth
of it. The captures are those of dumps/, or of the collection that BLKRING_SHARED names. Whole processes, start-up included; the layout judged ring by ring.`,
  rounds: 3,
  // Findings are no mistake.
  codes: [0, 1],
  contenders: async (bench, node) => {
    const c = bench.compiled('columns')
    const bytes = bench.megabytes * MIB
    const contenders = {
      fprintf: [c, 'ndjson', await bench.capture()],
      'fprintf of captures': [c, 'ndjson', await bench.captured(bytes)],
    }
    for (const [formats, part] of [
      [FORMATS, 1],
      [OBJECTS, PART],
    ]) {
      const [synthetic, captured] = [await bench.capture(0, part), await bench.captured(bytes / part)]
      for (const [name, command] of Object.entries(formats)) {
        const run = (path) => [node, 'bin/run.js', ...command, '--pages', '1', path]
        contenders[name] = run(synthetic)
        contenders[`${name} of captures`] = run(captured)
      }
    }
    return contenders
  },
  rows: [
    { work: 'C, NDJSON', of: 'fprintf of captures', times: 'fprintf' },
    ...[...Object.keys(FORMATS), ...Object.keys(OBJECTS)].map((name) => ({
      work: name,
      of: `${name} of captures`,
      times: name,
      goal: 1.4,
    })),
  ],
}
