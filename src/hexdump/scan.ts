// One line of a dump taken apart: address, words, text column. What its bytes are depends on the lines around it.

import { HEAD } from '../paste/prefix.ts'
import type { HexFormat, WordOrder } from './formats.ts'

export interface ScannedLine {
  /** The number of the line in the text, counted from 1. */
  readonly number: number
  /** As it is written; what base it is in is told by the lines together. */
  readonly address: string
  /** The words as they are written, and the column in which they begin, from 1 on. */
  readonly body: string
  readonly column: number
  /** The column behind the last word. */
  readonly end: number
  /** Digits of the first word. */
  readonly digits: number
  /** Every word has as many. */
  readonly even: boolean
  /** Bytes that the words stand for. */
  readonly size: number
  /** What stands where the next word would, in front of the text column. */
  readonly rest: { readonly text: string; readonly column: number } | undefined
  /** The text column as it stands, perhaps with a frame. */
  readonly text: string | undefined
}

/** More bytes are not looked for in one line. */
const MAX_BYTES = 65536
const TOKEN = /[^ \t]+/g
const DASHED_TOKEN = /[^ \t-]+/g
const PREFIX = /^0x/i
const DIGITS = /^[\da-f]+$/i

/**
 * @param at where the line's own text begins
 * @param first it begins a dump
 * @returns undefined if the line is none of this format
 */
export function scanLine(line: string, number: number, at: number, format: HexFormat, first: boolean): ScannedLine | undefined {
  const head = format.head.exec(line.slice(at, at + HEAD))
  if (!head) return undefined
  const from = at + head.index + head[0].length
  if (first && !format.first.test(line.slice(from, from + HEAD))) return undefined
  const found = format.text?.exec(line.slice(from))
  const until = found ? from + found.index : line.length
  const text = found ? line.slice(until + found[0].length) : undefined
  let [end, digits, size, even] = [from, 0, 0, true]
  let rest: ScannedLine['rest']
  for (const token of line.slice(from, until).matchAll(format.dashed ? DASHED_TOKEN : TOKEN)) {
    const word = format.prefixed ? (PREFIX.test(token[0]) ? token[0].slice(2) : '') : token[0].replace('`', '')
    digits ||= word.length
    if (size >= MAX_BYTES || !isWord(word, digits, format)) {
      rest = { text: token[0].slice(0, 40), column: from + token.index + 1 }
      break
    }
    if (word.length !== digits) even = false
    size += sizeOf(word.length, format.base)
    end = from + token.index + token[0].length
  }
  const body = line.slice(from, end).replaceAll('`', '')
  return { number, address: head[1]!, body, column: from + 1, end: end + 1, digits, even, size, rest, text }
}

/** Bytes of a word of so many digits. */
function sizeOf(digits: number, base: number): number {
  return Math.floor((digits * Math.log2(base)) / 8)
}

const DIGITS_OF = { 2: /^[01]+$/, 8: /^[0-7]+$/, 16: DIGITS }

function isWord(word: string, digits: number, { digits: allowed, base }: HexFormat): boolean {
  if (!DIGITS_OF[base].test(word)) return false
  return allowed ? word.length === digits && allowed.includes(digits) : word.length % 2 === 0
}

/** Values of hex digits by their character codes; -1 for other characters. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? -1 : value
})

/** The bytes that words stand for, the words with or without 0x, with spaces, tabs or commas between them. */
export function bytesOfWords(body: string, order: WordOrder, base: HexFormat['base'] = 16): number[] {
  return bytesOfHex(base === 16 ? body : body.replace(/\d+/g, (word) => inHex(word, base)), order)
}

function inHex(word: string, base: 2 | 8): string {
  const size = sizeOf(word.length, base)
  const value = BigInt.asUintN(8 * size, BigInt((base === 2 ? '0b' : '0o') + word))
  return value.toString(16).padStart(2 * size, '0')
}

function bytesOfHex(body: string, order: WordOrder): number[] {
  const bytes: number[] = []
  let [start, high] = [0, -1]
  for (let i = 0; i <= body.length; i++) {
    const value = i < body.length ? (VALUES[body.charCodeAt(i)] ?? -1) : -1
    if (value >= 0 && high >= 0) bytes.push(16 * high + value)
    // What is no digit ends a word, or is the x behind its 0.
    else if (value < 0 && order === 'little' && bytes.length > start + 1) reverse(bytes, start)
    high = value >= 0 && high < 0 ? value : -1
    if (value < 0) start = bytes.length
  }
  return bytes
}

function reverse(bytes: number[], start: number): void {
  for (let [low, high] = [start, bytes.length - 1]; low < high; low++, high--)
    [bytes[low], bytes[high]] = [bytes[high]!, bytes[low]!]
}
