/**
 * Structs of C as crash, gdb, drgn and WinDbg print them, to values: nested or by path, decimal or hexadecimal, wrapped, repeated, cut.
 * @module
 */

export { type Answer, answersIn } from './lines.ts'
export { type Print, printsOf } from './prints.ts'
export { type Braces, type CValue, elementsOf, type Item, integerOf, memberAt } from './value.ts'
export { windbgPrints } from './windbg.ts'
