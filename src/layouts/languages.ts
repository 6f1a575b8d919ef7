/** The languages and tools that structs are written for, as `layout --format` has them. */
export const LANGUAGES = ['c', 'rust', 'go', 'python', 'ksy', 'hexpat', 'wireshark', 'poke'] as const
export type Language = (typeof LANGUAGES)[number]

export function isLanguage(word: string): word is Language {
  return (LANGUAGES as readonly string[]).includes(word)
}
