// The tables of codec/xen as texts of other languages and tools, a writer each.
import type { Abi } from '../codec/struct/abi.ts'
import { cText } from './c.ts'
import { goText } from './go.ts'
import { hexpatText } from './hexpat.ts'
import { ksyText } from './ksy.ts'
import type { Language } from './languages.ts'
import { type Model, modelOf } from './model.ts'
import { pokeText } from './poke.ts'
import { pythonText } from './python.ts'
import { rustText } from './rust.ts'
import { LANGUAGE_TABLES, tablesOf } from './tables.ts'
import { wiresharkText } from './wireshark.ts'

/** A writer: of the structs of one ABI, and a sentence on where the text comes from, a text. */
const WRITERS: Readonly<Record<Exclude<Language, 'wireshark'>, (model: Model, made: string) => string>> = {
  c: cText,
  rust: rustText,
  go: goText,
  python: pythonText,
  ksy: ksyText,
  hexpat: hexpatText,
  poke: pokeText,
}

/**
 * The structs in a language.
 * @param name a struct, which comes with those that it consists of; undefined for all
 * @param abis one; for Wireshark, whose packets say theirs, any number
 * @throws RangeError for a name that no struct has, and for several ABIs where the language has names for one
 */
export function languageText(language: Language, name: string | undefined, abis: readonly Abi[]): string {
  const made = `Made by blkring layout --format ${language}${abis.length === 1 ? ` --abi ${abis[0]!.name}` : ''}.`
  if (language === 'wireshark') {
    if (name !== undefined) throw new RangeError('--format wireshark is a dissector of whole packets: it takes no struct')
    return wiresharkText(abis, made)
  }
  const [abi, ...others] = abis
  if (abi === undefined || others.length > 0) throw new RangeError(`--format ${language} needs --abi: structs have one name in it`)
  return WRITERS[language](modelOf(name === undefined ? LANGUAGE_TABLES : tablesOf(name), abi), made)
}
