// The grant tables that Xen prints on its console at the debug key g (`xl debug-keys g; xl dmesg`): of every domain the entries that
// another one maps (xen/common/grant_table.c).
import { GTF_permit_access } from '../codec/xen/grant-table.ts'
import { unpastedLines } from '../paste/unpaste.ts'

/** An entry that is mapped. */
export interface PrintedGrant {
  readonly gref: number
  /** The domain that may use the page. */
  readonly domid: number
  /** The frame as the guest named it in its table. */
  readonly frame: number
  /** The machine's frame that is mapped. A PV guest names the same in its table, a translated one its own. */
  readonly machineFrame: number
  readonly flags: number
}

/** The table of one domain, as it was printed. */
export interface PrintedGrantTable {
  /** The domain whose table it is. */
  readonly domid: number
  /** The version of its entries; undefined where the text does not say it. */
  readonly version: number | undefined
  /** Entries that another domain maps; others are not printed. */
  readonly grants: readonly PrintedGrant[]
}

export interface GrantText {
  readonly tables: readonly PrintedGrantTable[]
  /** Lines that are no part of a table, empty ones aside. */
  readonly unread: number
  /** Entries that are cut, or cannot be. */
  readonly damaged: number
}

const TABLE = /^\s*grant-table for remote d(?:omain: *)?(\d{1,5})(?: \(v(\d)\))?/
/** Reference, and of the active entry domain, machine frame and pin; of the shared one domain, the guest's frame and flags. */
const ENTRY =
  /^\s*\[ *(0x[\da-f]{1,8}|\d{1,10})\]\s+\d{1,5} 0x([\da-f]{1,13}) 0x[\da-f]{1,8}\s+(\d{1,5}) 0x([\da-f]{1,13}) 0x([\da-f]{1,4})\s*$/i
const LIKE_ENTRY = /^\s*\[ *(?:0x[\da-f]+|\d+)\]\s/i
const AROUND = /gnttab_usage_print|-- active --|\[ref\] localdom|maptrack frames|no active grant table entries/

/** References that a table of Xen's default limit has many times. */
const MAX_GREF = 2 ** 21

/** The tables in a text. */
export function readGrantText(text: string): GrantText {
  const tables: { domid: number; version: number | undefined; grants: PrintedGrant[] }[] = []
  let [unread, damaged] = [0, 0]
  for (const { text: line } of unpastedLines(text)) {
    const table = TABLE.exec(line)
    if (table) {
      tables.push({ domid: Number(table[1]), version: table[2] === undefined ? undefined : Number(table[2]), grants: [] })
      continue
    }
    const entry = ENTRY.exec(line)
    const into = tables.at(-1)
    if (entry && into && Number(entry[1]) < MAX_GREF) {
      const [, gref, machineFrame, domid, frame, flags] = entry
      into.grants.push({
        gref: Number(gref),
        domid: Number(domid),
        frame: Number.parseInt(frame!, 16),
        machineFrame: Number.parseInt(machineFrame!, 16),
        flags: Number.parseInt(flags!, 16) || GTF_permit_access,
      })
    } else if (into && LIKE_ENTRY.test(line)) damaged++
    else if (line.trim() !== '' && !AROUND.test(line)) unread++
  }
  return { tables, unread, damaged }
}

/** Whether a text has such tables. */
export function isGrantText(text: string): boolean {
  return /gnttab_usage_print|grant-table for remote d/.test(text)
}
