// What differs between two rings, request by request: sectors and data, wherever the slots are.
import { decodeCapture } from 'blkring/capture'
import { changeOf, diff } from 'blkring/diff'
import { loadDumps } from 'blkring/node'

const [a, b] = ['dumps/direct', 'dumps/indirect'].map((folder) => [...loadDumps(folder)].map((capture) => decodeCapture(capture)))
const { hunks, unknown, coverage } = diff(a!, b!, { level: 'io' })
const changes = hunks.map((hunk) => changeOf(hunk))
for (const change of ['added', 'removed', 'changed'] as const) console.log(change, changes.filter((other) => other === change).length)
console.log(`${coverage?.a.sectors} and ${coverage?.b.sectors} sectors, ${unknown.length} things not compared`)
