// The script of a report whose rings have one moment each.
import { startPage } from './start.ts'

startPage()
