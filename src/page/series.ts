// The script of a report that has a ring of several moments.
import { SeriesPage } from './series-page.ts'
import { startPage } from './start.ts'

startPage((...of) => new SeriesPage(...of))
