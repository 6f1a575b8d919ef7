// Which moments of which rings are vectors: of recorded runs of the drivers (test/vectors), and of captures (dumps). No byte of them is
// made here, but where `moved` says so.

interface Moment {
  /** The name of the file, without .txt. */
  readonly name: string
  readonly shows: string
  /** Added to all four indices; a multiple of the ring's slots, so that every slot holds what it held. */
  readonly moved?: number
}

/** After event number `event` of a scenario in a file of recorded vectors. */
export interface RecordedMoment extends Moment {
  readonly file: string
  readonly scenario: string
  readonly event: number
}

export interface CapturedMoment extends Moment {
  readonly dump: string
  readonly page_size: number
  readonly frontend: string
  readonly guest: string
}

const BEFORE_THE_END = 2 ** 32 - 64

export const RECORDED: readonly RecordedMoment[] = [
  {
    name: 'modern-x86_64-4k-direct',
    shows: 'A read and a write of 11 segments, as many as a slot holds',
    file: 'modern/x86_64-4096',
    scenario: 'direct-11-fill00',
    event: 4,
  },
  {
    name: 'modern-x86_64-4k-indirect',
    shows: 'A read and a write of 12 segments, which lie in indirect pages',
    file: 'modern/x86_64-4096',
    scenario: 'indirect-12-fill00',
    event: 4,
  },
  {
    name: 'modern-x86_64-4k-partial-pages',
    shows: 'Segments that begin or end inside a page: first_sect and last_sect',
    file: 'modern/x86_64-4096',
    scenario: 'cross-4k-boundary-fill00',
    event: 4,
  },
  {
    name: 'modern-x86_64-4k-errors',
    shows: 'Responses with status -1, -2 and 5, one of them to an indirect request, and a request behind them',
    file: 'modern/x86_64-4096',
    scenario: 'io-errors',
    event: 17,
  },
  {
    name: 'modern-x86_64-4k-handle-cut',
    shows: 'The number of an extended device (0x10001b00), cut to the 16 bits of handle',
    file: 'modern/x86_64-4096',
    scenario: 'handle-ext',
    event: 4,
  },
  {
    name: 'modern-x86_64-4k-persistent',
    shows:
      'Grants used again (feature-persistent): six writes answered, then an indirect read, whose page has old data behind its segments',
    file: 'modern/x86_64-4096',
    scenario: 'persistent-purge',
    event: 25,
  },
  {
    name: 'modern-x86_32-4k-batch',
    shows: 'Ten requests of 1 to 5 segments behind twenty that were answered; the first lap nearly full',
    file: 'modern/x86_32-4096',
    scenario: 'batch-push',
    event: 62,
  },
  {
    name: 'modern-x86_32-4k-discard',
    shows: 'Two discards and a secure one',
    file: 'modern/x86_32-4096',
    scenario: 'discard-sec1',
    event: 3,
  },
  {
    name: 'modern-x86_32-4k-flush',
    shows: 'Empty flushes (sector_number 2^64-1) around two writes',
    file: 'modern/x86_32-4096',
    scenario: 'flush-both',
    event: 4,
  },
  {
    name: 'modern-x86_32-4k-indirect',
    shows: 'Indirect requests of 32 segments',
    file: 'modern/x86_32-4096',
    scenario: 'indirect-max-32',
    event: 4,
  },
  {
    name: 'modern-x86_32-4k-4-pages',
    shows: 'A ring of four pages, persistent grants, indirect requests; some answered',
    file: 'modern/x86_32-4096',
    scenario: 'random-025',
    event: 31,
  },
  {
    name: 'modern-x86_64-4k-2-pages',
    shows: 'A ring of two pages; an EOPNOTSUPP among the responses, requests behind them',
    file: 'modern/x86_64-4096',
    scenario: 'random-035',
    event: 45,
  },
  {
    name: 'modern-x86_64-16k-barrier',
    shows: 'Flushes and writes as BLKIF_OP_WRITE_BARRIER, of a guest with 16 KiB pages',
    file: 'modern/x86_64-16384',
    scenario: 'flush-barrier',
    event: 5,
  },
  {
    name: 'modern-x86_64-16k-stale',
    shows: 'All kinds of requests in the second lap: bytes that a request does not use hold an older request of the same id',
    file: 'modern/x86_64-16384',
    scenario: 'stale-laps-fill00',
    event: 103,
  },
  {
    name: 'modern-x86_64-64k-pairs',
    shows: 'Extra requests: four of 64 KiB pages, 12 to 16 segments, in two slots each (11 and the rest, second sector + 88)',
    file: 'modern/x86_64-65536',
    scenario: 'noindirect-extra-pair-errors',
    event: 8,
  },
  {
    name: 'modern-x86_64-64k-pairs-answered',
    shows: 'The same, after two responses: of the first pair one half failed',
    file: 'modern/x86_64-65536',
    scenario: 'noindirect-extra-pair-errors',
    event: 13,
  },
  {
    name: 'modern-x86_64-64k-wrapped',
    shows: 'A ring past its first lap, with discards',
    file: 'modern/x86_64-65536',
    scenario: 'wrap-fill00',
    event: 138,
  },
  {
    name: 'modern-x86_64-64k-indices-wrap',
    shows: 'The same slots with indices just below 2^32: rsp_prod before the wrap, req_prod behind it',
    file: 'modern/x86_64-65536',
    scenario: 'wrap-fill00',
    event: 222,
    moved: BEFORE_THE_END,
  },
  {
    name: 'extra-req-x86_64-64k-pairs-answered',
    shows: 'Extra requests of Linux 4.9: it writes the merged status into the response slots itself',
    file: 'extra-req/x86_64-65536',
    scenario: 'noindirect-extra-pair-errors',
    event: 17,
  },
  {
    name: 'extra-req-x86_32-4k-stale',
    shows: 'All kinds of requests, written field by field over what the slots held',
    file: 'extra-req/x86_32-4096',
    scenario: 'stale-laps-fill00',
    event: 103,
  },
  {
    name: 'extra-req-x86_64-4k-padding',
    shows: 'Padding and unused bytes are garbage (0xaa): nobody may look at them',
    file: 'extra-req/x86_64-4096',
    scenario: 'direct-11-fillaa',
    event: 4,
  },
  {
    name: 'seed-x86_32-4k-persistent',
    shows: 'Six requests of 6 to 11 segments with persistent grants',
    file: 'seed/x86_32-4096',
    scenario: 'persistent-mixed-noindirect',
    event: 12,
  },
  {
    name: 'seed-x86_64-64k-2-indirect-pages',
    shows: 'A read of 1024 segments, in two indirect pages',
    file: 'seed/x86_64-65536',
    scenario: 'indirect-max-1024',
    event: 2,
  },
]

const LINUX = 'Linux 6.1.192 under Xen 4.17'

export const CAPTURED: readonly CapturedMoment[] = [
  {
    name: 'captured-arm-4k-first',
    shows: 'The very first request of a ring',
    dump: 'virgin-arm64-4k',
    page_size: 4096,
    frontend: 'modern',
    guest: `arm64 ${LINUX}`,
  },
  {
    name: 'captured-arm-64k-indirect',
    shows: '64 KiB pages at odd offsets: up to 17 grants, sent as indirect requests',
    dump: '64k-odd-offsets',
    page_size: 65536,
    frontend: 'modern',
    guest: `arm64 ${LINUX}`,
  },
  {
    name: 'captured-arm-64k-pairs',
    shows: 'Extra requests, some of which skip sectors (check says split-gap): a bug of Linux',
    dump: '64k-split-pair',
    page_size: 65536,
    frontend: 'modern',
    guest: `arm64 ${LINUX}`,
  },
  {
    name: 'captured-arm-64k-discard',
    shows: 'A discard that the backend is busy with: req_event stays behind req_prod',
    dump: 'discard',
    page_size: 65536,
    frontend: 'modern',
    guest: `arm64 ${LINUX}`,
  },
  {
    name: 'captured-x86_64-4k-out-of-order',
    shows: 'Responses in slots of requests that are still outstanding',
    dump: 'out-of-order',
    page_size: 4096,
    frontend: 'modern',
    guest: `x86_64 ${LINUX}`,
  },
  {
    name: 'captured-x86_64-4k-grub',
    shows: 'Another frontend: always id 0, one segment',
    dump: 'grub',
    page_size: 4096,
    frontend: 'grub',
    guest: 'GRUB 2.06 under Xen 4.17, x86_64',
  },
]
