// The table of goals: every group of bench/groups under every Node, a row a goal.
import { inTurn, wholeProcesses } from './contenders.mjs'

/**
 * @typedef {object} Row
 * @property {string} work what the table calls it
 * @property {string} of the contender whose figure it is
 * @property {string} [times] the contender that it is divided by
 * @property {string} [over] the contender that is taken off, median of pairs, in ms
 * @property {boolean} [memory] whether it is memory at most, in MB, in place of CPU time; with neither of the three: ms of CPU time
 * @property {number | number[]} [goal] at most; one for Node 20, 22 and 24 each. A peer has none
 *
 * @typedef {object} Group
 * @property {string} name of the file in bench/groups, too
 * @property {string} about what is measured, over what input
 * @property {boolean} [inTurn] whether the contenders answer lines with seconds of their own (contenders.mjs), in place of whole processes
 * @property {number} rounds
 * @property {number[]} [codes] exit codes that are no mistake
 * @property {(bench: object, node: string) => Promise<Record<string, string[] | undefined>> | Record<string, string[] | undefined>} contenders
 *   commands; undefined where it cannot be had
 * @property {(bench: object) => Promise<Record<string, number>> | Record<string, number>} [shares] where one does a part of the work: how many such parts are the whole
 * @property {Row[]} rows
 */

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Lines of the table for one group. @param {Group} group @param nodes as setup.mjs's `nodes` gives them */
export async function groupTable(group, bench, nodes) {
  const measured = []
  for (const node of nodes) {
    const contenders = await group.contenders(bench, node.path)
    const { rounds, codes } = group
    measured.push(
      group.inTurn ? await inTurn(contenders, rounds) : wholeProcesses(contenders, rounds, bench.compiled('usage'), codes),
    )
  }
  const head = ['work', 'goal', ...nodes.map(({ major }) => `Node ${major}`)]
  const lines = group.rows.map((row) => {
    const cells = nodes.map(({ major }, i) => cell(row, measured[i], group.shares ?? {}, goalOf(row, major)))
    const goals = [row.goal ?? []].flat().map((goal) => text(row, goal))
    return [`${row.work}${row.times ? `, times ${row.times}` : ''}`, goals.join(' / '), ...cells]
  })
  return `${group.about}\n\n${[head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`
}

const goalOf = ({ goal }, major) => (Array.isArray(goal) ? goal[[20, 22, 24].indexOf(major)] : goal)

function cell(row, measured, shares, goal) {
  const [of, other] = [measured[row.of], measured[row.times ?? row.over ?? row.of]]
  if (of === undefined || other === undefined) return 'not there'
  const figure = figureOf(row, of, other, shares)
  return goal !== undefined && figure > goal ? `**${text(row, figure)}**` : text(row, figure)
}

function figureOf(row, of, other, shares) {
  if (row.memory) return Math.max(...of.megabytes)
  if (row.over) return 1000 * median(of.seconds.map((seconds, round) => seconds - other.seconds[round]))
  if (row.times) return (median(of.seconds) * (shares[row.of] ?? 1)) / (median(other.seconds) * (shares[row.times] ?? 1))
  return 1000 * median(of.seconds)
}

function text(row, figure) {
  if (row.memory) return `${figure.toFixed(0)} MB`
  if (row.over) return `+${figure.toFixed(0)} ms`
  if (row.times) return figure.toFixed(figure < 10 ? 2 : 0)
  return `${figure.toFixed(figure < 10 ? 1 : 0)} ms`
}
