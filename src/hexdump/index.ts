/**
 * Hexdumps as people paste them to the pages of rings: xxd, hexdump, od, crash, gdb, drgn and more, each told by the shape of its lines.
 * @module
 */

export { readTextRings, type TextRing } from './rings.ts'
