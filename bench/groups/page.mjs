import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHROMIUM } from '../../scripts/chromium.mjs'
import { measure } from '../measure.mjs'

const SERIES = ['--op', 'mix:70', '--random', '--bs', '8K', '--batch', '8', '--in-flight', '24', '--count', '8000', '--series']

/** @type {import('../table.mjs').Group} */
export default {
  name: 'page',
  about:
    'Pages of `report` in Chromium, from a file: CPU time of the process that shows one until its script has run and it is painted, over that of an empty page, median of pairs. The series has 1,000 snapshots.',
  inTurn: true,
  rounds: 20,
  contenders: (bench, node) => {
    const made = (name, make) =>
      bench.once(name, (path) => {
        make(path)
        return path
      })
    const opening = (name, make) => CHROMIUM && [node, join(import.meta.dirname, '../page.mjs'), CHROMIUM, made(name, make)]
    const report = (input) => (path) => measure(['report', input, '-o', path])
    const series = () => made('page-series', (path) => measure(['generate', ...SERIES, '-o', path]))
    return {
      empty: opening('empty.html', (path) => writeFileSync(path, '<!doctype html><title>empty</title>\n')),
      one: opening('one.html', report('dumps/direct')),
      series: opening('series.html', (path) => report(series())(path)),
    }
  },
  rows: [
    { work: '`report` of a ring of one page', of: 'one', over: 'empty', goal: 100 },
    { work: 'of a series', of: 'series', over: 'empty', goal: 2000 },
    { work: 'the same, JavaScript heap', of: 'series', memory: true, goal: 40 },
  ],
}
