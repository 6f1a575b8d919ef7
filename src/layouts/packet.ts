// What stands before a slot's bytes in a packet of `decode --pcapng`: what the slot's bytes alone do not say.
import { struct, u8, u32 } from '../codec/struct/c-types.ts'

/** Laid out alike under every ABI. The slot's bytes follow. */
export const blkifPacket = struct('blkif_packet', {
  version: u8,
  /** The place of the ABI in `ABIS`. */
  abi: u8,
  /** The place of the slot's state in `PACKET_STATES`. */
  state: u8,
  /** The place of what is known of the answer in `PACKET_ANSWERS`, or `NO_ANSWER`. */
  answered: u8,
  slot: u32,
  queue: u32,
  index: u32,
  snapshot: u32,
})

export const PACKET_VERSION = 1

/** What a slot holds. The slot's bytes are a request or a response in the first two, and nothing that is known in the others. */
export const PACKET_STATES = ['request', 'response', 'cleared', 'unknown'] as const

/** Whether a request was answered. */
export const PACKET_ANSWERS = ['no', 'unlikely', 'maybe', 'yes'] as const

/** Of what is no request. */
export const NO_ANSWER = 0xff

/** LINKTYPE_USER0, which is for private use. */
export const PACKET_LINK_TYPE = 147
