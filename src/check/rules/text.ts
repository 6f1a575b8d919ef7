// What reading a ring from text finds: each rule has the code of a finding as its id.
import type { Rule } from '../rule.ts'

export const TEXT_RULES: readonly Rule[] = [
  {
    id: 'text-mistake',
    severity: 'warning',
    summary: 'The text that the ring was read from has something in it that cannot be.',
    source: 'the dump',
    explain: {
      means: 'A word of wrong characters, a line that is cut, or a "*" that nothing ends; the message has line and column.',
      why: 'The bytes that it stood for are not known and taken as 0: what is said of them may be due to that.',
      todo: 'Copy the text again, or correct the line.',
    },
    decode: true,
  },
  {
    id: 'text-bytes-missing',
    severity: 'warning',
    summary: 'The text does not give all bytes of a page.',
    source: 'the dump',
    explain: {
      means: 'Lines are missing, or the dump begins or ends in the middle of a page.',
      why: 'What slots hold that lie there is unknown, and no rule looks at them.',
      todo: 'Dump whole pages of 4096 bytes.',
    },
    decode: true,
  },
  {
    id: 'text-page-guessed',
    severity: 'warning',
    summary: 'Which request an indirect page of the text belongs to was guessed.',
    source: 'the dump',
    explain: {
      means:
        'The text does not say the reference of the page; it fits one alone, or there is a page for each in the order of the requests.',
      why: 'Segments of most requests look alike: the page may be that of another.',
      todo: 'Write "# indirect GREF" above the page.',
    },
    decode: true,
  },
  {
    id: 'text-page-unused',
    severity: 'warning',
    summary: 'The text has a page that is neither of the ring nor of one request alone.',
    source: 'the dump',
    explain: {
      means: 'It lies apart from the ring, does not begin one, and its segments fit no request in flight, or several.',
      why: 'It was left out. If it is a page of the ring, slots are missing; if an indirect page, segments.',
      todo: 'Write "# indirect GREF" above an indirect page, and give the pages of a ring in ring-ref order.',
    },
    decode: true,
  },
]
