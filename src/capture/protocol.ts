// Which protocol a capture is in: what the user says, else what XenStore says, else what the memory image that it was found in says,
// else what the bytes look like.

import { type AbiGuess, type AbiScore, guessAbi, plausibleShare, scoreAbi } from '../codec/recognise/score.ts'
import type { Finding } from '../codec/ring/finding.ts'
import { type Abi, arm, sameLayout, x86_32, x86_64 } from '../codec/struct/abi.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../codec/xen/blkif.ts'
import { abiOfProtocol, PROTOCOL_STRINGS, protocolOfAbi } from '../codec/xen/protocols.ts'
import type { Extracted } from '../image/index.ts'
import { maxRequestSegments } from '../xenstore/segments.ts'
import type { Capture } from './capture.ts'

/** Which protocol a capture is read in, and how that was known. */
export interface ProtocolChoice {
  readonly abi: Abi
  /** The protocol as protocols.h spells it: `x86_64-abi`. */
  readonly protocol: string
  readonly how: 'flag' | 'xenstore' | 'image' | 'score' | 'assumed'
  /** One phrase: how it was known. */
  readonly why: string
  readonly findings: readonly Finding[]
}

/** Fewer used slots than this tell too little to speak against XenStore. */
const MIN_SLOTS = 3

/** If so many of the newest slots read well, the rest is not looked at. */
const SAMPLE_SLOTS = 6

/** The other layout must read at least this much better, as a share of the slots, for a contradiction to be reported. */
const MIN_MARGIN = 0.25

/**
 * Chooses the protocol of a capture: what was asked for, else what XenStore says, else what the memory image that it was found in
 * says, else how its slots read.
 * @param forced the ABI that the user gave; undefined is `auto`
 */
export function chooseProtocol(capture: Capture, forced: Abi | undefined): ProtocolChoice {
  if (forced) return { abi: forced, protocol: protocolOfAbi(forced), how: 'flag', why: 'as --abi says', findings: [] }
  const said = capture.xenstore?.frontend.get('protocol')
  const named = said === undefined ? undefined : abiOfProtocol(said)
  if (said !== undefined && named) {
    return {
      abi: named,
      protocol: said,
      how: 'xenstore',
      why: 'as XenStore says',
      // Blocks of segments read as nothing, and speak for no layout.
      findings: hasBlocks(capture) ? [] : contradiction(said, named, capture),
    }
  }
  // Mirage's word for whatever the host is.
  const unknown = said !== undefined && said !== 'native'
  const findings: Finding[] = unknown
    ? [
        {
          code: 'protocol-unknown',
          message: `XenStore's protocol "${said.slice(0, 40)}" is none of ${PROTOCOL_STRINGS.join(', ')}`,
        },
      ]
    : []
  const guess = guessAbi(capture.bytes, capture.missing)
  const found = capture.extracted && foundAs(capture.extracted, guess)
  if (found) return { ...found, findings }
  return { abi: guess.abi, protocol: protocolOfAbi(guess.abi), ...explain(guess, (capture.missing ?? []).length > 0), findings }
}

/** Whether pages of the guest may be larger than 4 KiB: x86 has none such. The bytes alone do not tell x86_64 from Arm. */
export function mayHaveLargePages({ abi, how }: Pick<ProtocolChoice, 'abi' | 'how'>): boolean {
  return abi.name === arm.name || (sameLayout(abi, arm) && (how === 'score' || how === 'assumed'))
}

/** As `find` names it, so that a ring has one protocol whoever looks; undefined where that is what the bytes say. */
function foundAs({ protocol }: Extracted, guess: AbiGuess): Omit<ProtocolChoice, 'findings'> | undefined {
  const abi = abiOfProtocol(protocol)
  if (!abi || abi === guess.abi) return undefined
  const why =
    abi === arm && sameLayout(guess.abi, arm) ? 'the memory image is of an Arm machine' : 'as it was found in the memory image'
  return { abi, protocol, how: 'image', why }
}

function explain({ abi, scores, tie }: AbiGuess, isCut: boolean): Pick<ProtocolChoice, 'how' | 'why'> {
  const [wide] = scores
  if (wide.seen === 0)
    return { how: 'assumed', why: `assumed: ${wide.used === 0 && !isCut ? 'no slot is used yet' : 'no slot tells'}` }
  if (tie) return { how: 'assumed', why: `assumed: ${percent(wide)} of its slots read well either way` }
  const told = wide.seen / 2
  const whole = told === wide.used
  const shares = scores.map((s) => `${percent(s)} as ${s.abi.name}`).join(', ')
  return {
    how: 'score',
    why: `${sameLayout(abi, arm) ? 'or arm-abi, laid out alike; ' : ''}judged by ${whole ? '' : `${told} of `}${wide.used === 1 ? 'the one slot' : `the ${wide.used} slots`} in use, which read well to ${shares}`,
  }
}

function hasBlocks({ xenstore }: Capture): boolean {
  return xenstore !== undefined && maxRequestSegments(xenstore) > BLKIF_MAX_SEGMENTS_PER_REQUEST
}

function percent(score: AbiScore): string {
  return `${Math.round(plausibleShare(score) * 100)}%`
}

function contradiction(said: string, named: Abi, { bytes, missing }: Capture): Finding[] {
  // The usual case: a few slots tell, and the other layout need not be looked at.
  if (plausibleShare(scoreAbi(bytes, named, { newest: SAMPLE_SLOTS, missing })) === 1) return []
  const own = scoreAbi(bytes, named, { missing })
  if (own.seen < 2 * MIN_SLOTS || plausibleShare(own) > 1 - MIN_MARGIN) return []
  const other = scoreAbi(bytes, sameLayout(named, x86_64) ? x86_32 : x86_64, { missing })
  if (plausibleShare(other) - plausibleShare(own) < MIN_MARGIN) return []
  return [
    {
      code: 'protocol-contradicts-ring',
      message: `XenStore says ${said}, but ${percent(other)} of the slots read well as ${other.abi.name} and ${percent(own)} as ${named.name}; try --abi ${other.abi.name}`,
    },
  ]
}
