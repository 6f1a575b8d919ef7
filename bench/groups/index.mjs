// The groups of the table of goals, in its order. A group is a file; a goal is a row of one.
import captured from './captured.mjs'
import columns from './columns.mjs'
import corpora from './corpora.mjs'
import find from './find.mjs'
import mutated from './mutated.mjs'
import objects from './objects.mjs'
import page from './page.mjs'
import processes from './processes.mjs'
import start from './start.mjs'
import worst from './worst.mjs'

export const GROUPS = [start, columns, processes, objects, captured, mutated, worst, find, page, corpora]
