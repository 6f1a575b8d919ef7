/**
 * Hexdumps as people paste them to the pages of rings: a list of formats, each told by the shape of its lines.
 * @module
 */

export { readTextRings, type TextRing } from './rings.ts'
