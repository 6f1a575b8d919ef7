// The groups of the table of goals, in its order. A group is a file; a goal is a row of one.
import columns from './columns.mjs'
import find from './find.mjs'
import objects from './objects.mjs'
import processes from './processes.mjs'
import start from './start.mjs'

export const GROUPS = [start, columns, processes, objects, find]
