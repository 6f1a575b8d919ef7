// What decoding itself finds: each rule has the code of a finding as its id, and nothing is looked at twice.
import type { Rule } from '../rule.ts'

const BLKIF = 'xen/include/public/io/blkif.h'
const RING = 'xen/include/public/io/ring.h'

export const DECODED_RULES: readonly Rule[] = [
  {
    id: 'indices-impossible',
    severity: 'error',
    summary: 'More requests are outstanding than the ring has slots.',
    source: `${RING}, RING_REQUEST_PROD_OVERFLOW`,
    explain: {
      means: 'req_prod - rsp_prod, modulo 2^32, is above nr_ents: a producer was overwritten, or one side counts wrongly.',
      why: "Linux's blkback stops serving such a ring without an answer; a frontend that sees too many responses disables the disk.",
      todo: 'Check that the page is a ring and that --pages is right. If so, look for the side that wrote the index: a bug, or malice.',
    },
    decode: true,
  },
  {
    id: 'ring-all-zero',
    severity: 'warning',
    summary: 'Every byte of the ring is zero.',
    source: `${RING}, SHARED_RING_INIT`,
    explain: {
      means: 'An initialised ring has 1 in both event indices, so this is not one: the wrong page, or one that nobody set up.',
      why: 'Nothing that is said of such a ring is about a disk.',
      todo: 'Check the grant reference or frame that the page was read from, and the state of the frontend.',
    },
    decode: true,
  },
  {
    id: 'snapshot-cut',
    severity: 'warning',
    summary: 'A part of the ring is not in the input.',
    source: 'the dump',
    explain: {
      means:
        'A file, pipe or member of a dump folder is shorter than its ring, by --pages, XenStore or the sizes of rings; or an image lacks a page.',
      why: 'What slots hold that are not there as a whole is unknown, and no rule looks at them.',
      todo: 'Dump all pages of the ring, end to end in ring-ref order.',
    },
    decode: true,
  },
  {
    id: 'bytes-after-ring',
    severity: 'note',
    summary: 'Behind the ring the file has bytes that are not read.',
    source: 'the dump',
    explain: {
      means:
        'The file is longer than a ring and shorter than the next larger one. What is behind it is less than a slot, or the slots read well in the smaller ring and worse in the larger.',
      why: 'A line end that was added, or the beginning of something else: if it was a part of a larger ring, its slots are not looked at.',
      todo: 'Dump whole pages of the ring and nothing else; --pages says how many it has.',
    },
    decode: true,
  },
  {
    id: 'operation-unknown',
    severity: 'error',
    summary: 'A request or response carries an operation that blkif.h does not define.',
    source: `${BLKIF}, BLKIF_OP_*`,
    explain: {
      means: 'The operation byte is 7 or above, which no header has.',
      why: 'Backends refuse such a request, Linux and tapdisk with EOPNOTSUPP, QEMU with ERROR; Linux disables a disk on such a response.',
      todo: 'Check the ABI first: under the wrong one, slots are read from the wrong place. Then suspect the side that wrote the slot.',
    },
    decode: true,
  },
  {
    id: 'nr-segments-impossible',
    severity: 'error',
    summary: 'A request counts more segments than it can carry.',
    source: `${BLKIF}, BLKIF_MAX_SEGMENTS_PER_REQUEST and BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST`,
    explain: {
      means: 'A direct request has room for 11 segments, and eight indirect pages for 4096.',
      why: 'A backend that trusts the count reads beyond the slot. Linux and QEMU refuse it; tapdisk passes up to 32 direct ones (a reading of its source).',
      todo: 'Look at who wrote the request: Linux never does. A fuzzer or an attacker may have.',
    },
    decode: true,
  },
  {
    id: 'segment-block-missing',
    severity: 'error',
    summary: 'A request over several slots is not published as a whole.',
    source: "FreeBSD's blkif.h until 2012, BLKIF_SEGS_TO_BLOCKS; XenStore, max-request-segments of both ends",
    explain: {
      means: 'Its count of segments takes more slots than lie between its own and req_prod.',
      why: 'The backend reads segments that were never written: memory that was not meant is granted, mapped and transferred.',
      todo: 'If both ends did not really agree on max-request-segments above 11, the count is wrong; else look at who wrote req_prod.',
    },
    decode: true,
  },
  {
    id: 'segment-range',
    severity: 'error',
    summary: 'A segment ends before it starts, or outside its 4 KiB grant.',
    source: `${BLKIF}, struct blkif_request_segment`,
    explain: {
      means: 'first_sect and last_sect count the 512-byte sectors of one grant, 0 to 7, both ends included.',
      why: 'A backend that does not look reads or writes memory that was not granted; those that look answer ERROR.',
      todo: 'Check the ABI, then the frontend: on pages of 64 KiB a driver must cut segments at 4 KiB.',
    },
    decode: true,
  },
  {
    id: 'indirect-op-illegal',
    severity: 'error',
    summary: 'An indirect request is neither a read nor a write.',
    source: `${BLKIF}, BLKIF_OP_INDIRECT`,
    explain: {
      means: 'indirect_op may be BLKIF_OP_READ or BLKIF_OP_WRITE; this is something else.',
      why: "Linux's blkback answers ERROR. A backend that passes the inner operation on would run what it never checked.",
      todo: 'Look at the frontend that wrote it.',
    },
    decode: true,
  },
  {
    id: 'indirect-page-missing',
    severity: 'note',
    summary: 'The page that an indirect request names is not in the dump.',
    source: 'the dump',
    explain: {
      means: 'The segments of the request lie in a page that was not captured with the ring.',
      why: 'Nothing can be said of those segments: rules that need them pass the request over.',
      todo: 'Capture the page too, as indirect-GREF.bin beside the ring, if the request matters.',
    },
    decode: true,
  },
  {
    id: 'indirect-segments-unread',
    severity: 'warning',
    summary: 'Requests name the same indirect pages so often that not all of their segments are read.',
    source: 'blkring, 6144 segments a page of the ring, of pages that other requests name too',
    explain: {
      means:
        'Each request in flight has indirect pages of its own; here so many name the same that the ring stands for far more than it holds.',
      why: 'The segments of the requests that are not read are unknown: rules, sums and comparisons leave them out.',
      todo: 'Look at the frontend: no driver shares indirect pages. Look at a page with inspect --indirect GREF.',
    },
    decode: true,
  },
  {
    id: 'indirect-page-size',
    severity: 'warning',
    summary: 'The file of an indirect page does not have the size of a page.',
    source: 'the dump',
    explain: {
      means: 'An indirect page is one Xen page of 4096 bytes; the file is shorter or longer.',
      why: 'Segments may be missing, or not be those of this page.',
      todo: 'Capture the page again.',
    },
    decode: true,
  },
  {
    id: 'id-shared',
    severity: 'error',
    summary: 'Two requests in flight have the same id.',
    source: `${BLKIF}, id: "private guest value, echoed in resp"`,
    explain: {
      means: 'Neither was answered, and a response carries nothing but the id to say which of them it answers.',
      why: 'The frontend completes the wrong request: data arrives in the wrong buffer, or a request waits for ever.',
      todo: 'Look at how the frontend gives out ids. A corrupted slot shows in the id of one of the two only.',
    },
    decode: true,
  },
  {
    id: 'gref-shared',
    severity: 'warning',
    summary: 'Two requests in flight transfer through the same granted page.',
    source: `${BLKIF}, struct blkif_request_segment`,
    explain: {
      means: 'A grant reference is in the segments of both requests, neither of which was answered.',
      why: 'Where one of them is a read, the other sends or receives data that is not its own.',
      todo: 'Look at how the frontend gives out grants; with persistent grants, at when it puts them back in its pool.',
    },
    decode: true,
  },
  {
    id: 'queues-contradict-xenstore',
    severity: 'warning',
    summary: 'The dump does not have the queues that XenStore names.',
    source: `${BLKIF}, multi-queue-num-queues`,
    explain: {
      means: 'XenStore names fewer queues than the number of this ring, or several where the dump has one ring.',
      why: 'The text and the ring are of different devices or times, or part of the device is missing.',
      todo: 'Capture all queues, as queue-N/ring.bin, and XenStore at the same time.',
    },
    decode: true,
  },
  {
    id: 'pages-contradict-xenstore',
    severity: 'warning',
    summary: 'The ring does not have as many pages as XenStore names.',
    source: `${BLKIF}, ring-ref%u and ring-page-order`,
    explain: {
      means: 'The number of ring-refs is not the number of pages in the dump.',
      why: 'nr_ents follows from the pages: with a wrong number of them, indices fall on wrong slots.',
      todo: 'Capture every page of the ring, in ring-ref order.',
    },
    decode: true,
  },
  {
    id: 'protocol-unknown',
    severity: 'warning',
    summary: "XenStore's protocol is none of protocols.h.",
    source: 'xen/include/public/io/protocols.h',
    explain: {
      means: 'The node says neither x86_64-abi, x86_32-abi nor arm-abi.',
      why: "A backend cannot know how slots are laid out; Linux's refuses to connect.",
      todo: 'Correct what the frontend writes.',
    },
    decode: true,
  },
  {
    id: 'protocol-contradicts-ring',
    severity: 'warning',
    summary: 'The slots read clearly better under the other layout than under the one that XenStore names.',
    source: 'xen/include/public/io/protocols.h',
    explain: {
      means: 'x86_32 slots are 108 bytes apart, the others 112: under the wrong one, fields fall on other fields.',
      why: 'If the frontend really writes so, the backend reads garbage. If the text is of another device, so is what is said here.',
      todo: 'Try --abi with the other one, and check whose XenStore text this is.',
    },
    decode: true,
  },
  {
    id: 'xenstore-empty',
    severity: 'warning',
    summary: 'The XenStore text names no block device.',
    source: 'the dump',
    explain: {
      means: 'No node of xenstore.txt is one of a vbd.',
      why: 'Rules about the disk and its features have nothing to go by.',
      todo: 'Save the output of xenstore-ls -f of the guest and its backend.',
    },
    decode: true,
  },
  {
    id: 'xenstore-ambiguous',
    severity: 'note',
    summary: 'Several devices in the XenStore text fit the ring.',
    source: 'the dump',
    explain: {
      means: 'They would be read differently, and the first was taken.',
      why: 'What is said about the disk may be about another.',
      todo: "Leave only this device's nodes in xenstore.txt, or name the layout with --abi.",
    },
    decode: true,
  },
]
