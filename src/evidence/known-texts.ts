// Texts that people have in their hands and that show no ring: what each is, and what it is good for.

/** A row: what tells the text, what it is, and what to do with it, or to fetch in its place. */
interface KnownText {
  /** Anchored at a line, and bounded: it is tried on the text as it was pasted. */
  readonly like: RegExp
  readonly is: string
  /** With values of the text, by the names of its groups. */
  readonly cure: string | ((values: Readonly<Record<string, string | undefined>>) => string)
}

/** What may stand before a line in a log or a mail. */
const AT = String.raw`^[^\n]{0,80}?`
const RING_OF_QUEUE = 'struct blkfront_ring_info ADDRESS'
const debugKey = (key: string, head: string) => new RegExp(`${AT}(?:'${key}' pressed -> |${head})`, 'm')

/** Of two that fit, the first counts: what a session asked for and did not get, comes before what it printed besides. */
const KNOWN_TEXTS: readonly KnownText[] = [
  {
    like: debugKey('g', 'gnttab_usage_print'),
    is: 'a grant table as `xl debug-keys g` prints it, and no ring',
    cure: 'blkring find IMAGE --grant-table FILE takes it beside a memory image: it says which pages the rings are granted by',
  },
  {
    like: debugKey('e', 'Event channel information for domain'),
    is: 'event channels as `xl debug-keys e` prints them, of which none is between two domains',
    cure: 'xl debug-keys e; xl dmesg, while the guest is there: blkring doctor takes it beside a ring',
  },
  {
    like: debugKey('q', 'General information for domain'),
    is: 'domains and their vCPUs as `xl debug-keys q` prints them',
    cure: 'it tells a guest that is paused (pause_count) or does not run, and nothing of a ring; xl debug-keys e has the event channels',
  },
  {
    like: debugKey('r', 'Scheduler: |Dumping run queues'),
    is: 'run queues of the scheduler as `xl debug-keys r` prints them',
    cure: 'it tells which vCPUs run, and nothing of a ring; xl debug-keys e has the event channels',
  },
  {
    like: debugKey('i', String.raw`IRQ information:|IRQ: +\d+[ ,]+vec`),
    is: 'interrupts of the host as `xl debug-keys i` prints them',
    cure: 'they are those of devices, and none of a ring; xl debug-keys e has the event channels',
  },
  {
    like: debugKey('d', String.raw`\*\*\* Dumping CPU\d+ (?:guest|host) state`),
    is: 'registers and stacks as `xl debug-keys d` prints them',
    cure: 'it tells what each CPU did, and nothing of a ring; xl debug-keys e has the event channels',
  },
  {
    like: new RegExp(`${AT}'[ -~]' pressed -> `, 'm'),
    is: 'what Xen prints at a debug key, which says nothing of a ring',
    cure: 'xl debug-keys e (event channels) and g (grants), then xl dmesg',
  },
  {
    like: /invalid data structure reference: (?:blk|xen_blk)|^No struct type named (?:blk|xen_blk)|could not find '(?:struct|union) (?:blk|xen_blk)|^KeyError: 'info_list'|gdb request failed: p info_list/m,
    is: 'the debugger has no types of the driver, which is a module: nothing of a ring was printed',
    cure: 'load its symbols first: crash: mod -s xen_blkfront FILE.ko; gdb: add-symbol-file; drgn: prog.load_debug_info(["FILE.ko"])',
  },
  {
    like: /is not a core dump: file format not recognized/m,
    is: 'gdb did not read the image: nothing of a ring was printed',
    cure: 'crash reads what xl dump-core writes, and so does blkring: blkring find IMAGE',
  },
  {
    like: /could not find memory segment|^Cannot access memory at address|invalid (?:kernel|user) virtual address|seek error: /m,
    is: 'the debugger found no memory at the address: nothing of a ring was printed',
    cure: "the ring's page is the guest's: dump that (xl dump-core DOMAIN FILE; blkring find FILE), and of dom0 print struct xen_blkif_ring",
  },
  {
    like: /^\/\* +offset +\| +size|^type = (?:struct|union) |^[ \t]*\[(?:0x)?[\da-f]{1,16}\] [\w ]{1,60}[ *]\w{1,60}(?:\[\d+\])?;|prog\.type\(/m,
    is: 'the layout of a struct, and no values',
    cure: `print one that is there, by its address: ${RING_OF_QUEUE}`,
  },
  {
    like: /^[\da-f]{8,16} [a-zA-Z] \w/m,
    is: 'a list of symbols of the kernel, and no values',
    cure: `a debugger finds the structs by them: ${RING_OF_QUEUE}`,
  },
  {
    like: /^[ \t]*(?:\.?rinfo = (?:\(struct blkfront_ring_info \*\))?(?<rinfo>0x[\da-f]{8,16}))/m,
    is: 'a struct blkfront_info: a disk, and no index of its rings',
    cure: ({ rinfo }) => `struct blkfront_ring_info ${rinfo} has them: queue N lies at ${rinfo} + N * rinfo_size`,
  },
  {
    like: /\bvdevice = (?:\([\w ]{1,20}\))?(?:\d|0x)/m,
    is: 'a struct blkfront_info: a disk, and no index of its rings',
    cure: 'its rinfo is where they lie: struct blkfront_ring_info RINFO; queue N lies at rinfo + N * rinfo_size',
  },
  {
    like: /\bblk_protocol = |struct backend_info\b|\bblkif = \(struct xen_blkif \*\)|\bst_(?:rd|wr)_req\b/m,
    is: "structs of the backend's device, and no index of its rings",
    cure: 'print its rings: struct xen_blkif_ring at blkif->rings (drgn: blkif.rings[0]) has req_cons and rsp_prod_pvt',
  },
  {
    like: /\bnr_segs = |struct pending_req\b/m,
    is: 'a pending_req of blkback that belongs to no ring: it is free',
    cure: 'those in use are on no list: docs/capturing.md says how they are found; struct xen_blkif_ring has the indices',
  },
  {
    like: /\bmq_hctx = |\brq_flags = |\binternal_tag\b|struct request\b/m,
    is: 'a request of the block layer, and nothing of a ring',
    cure: `${RING_OF_QUEUE} has the indices of the ring, and struct blk_shadow SHADOW 32 says which request each id is of`,
  },
  {
    like: /\binfo_list\b|for_each_disk\(|^MAJOR +GENDISK|struct gendisk\b|\bdisk_name = /m,
    is: "addresses of disks in the guest's memory, and nothing of a ring",
    cure: 'struct blkfront_info ADDRESS has the rinfo of a disk, and struct blkfront_ring_info RINFO the indices of its ring',
  },
  {
    like: /^# tracer: |^[ \t]*\S{1,32}-\d{1,8}[ \t]+\[\d{3}\][^\n]{0,60}: block_\w+: |^[ \t]*\d+,\d+[ \t]+\d+[ \t]+\d+[ \t]+\d+\.\d+[ \t]+\d+[ \t]+[A-Z]/m,
    is: 'a trace of block I/O, and no ring',
    cure: 'blkring generate --from-trace FILE --out DIR makes the ring that a frontend would have written for it',
  },
  {
    like: /^ {0,20}CPU\d+[ \t]/m,
    is: 'interrupts of a machine that has none of blkif among them',
    cure: '/proc/interrupts of the guest (blkif) and of the backend (blkif-backend), twice, some seconds apart',
  },
  {
    like: /Name +ID +VCPU +CPU State/,
    is: 'the vCPUs that xl vcpu-list prints',
    cure: 'they say whether a guest runs, and nothing of a disk; xenstore-ls -f has its disks',
  },
  {
    like: /^\/dev\/loop\d+: |^\S{1,128}: \d+ \d+ (?:linear|snapshot|thin|crypt|striped|mirror|multipath|error|delay|raid)/m,
    is: 'how the storage below a backend is put together, and nothing of its state',
    cure: 'dmsetup info and dmsetup status say whether it is suspended or full: blkring doctor takes the former beside a ring',
  },
  {
    like: /^[ \t]*PID[ \t]+(?:[A-Z%]+[ \t]+)*(?:COMMAND|CMD|COMM)[ \t]*$/m,
    is: 'processes, without a thread of blkback that says where it sleeps',
    cure: 'ps -eo pid,stat,wchan:32,comm in the domain of the backend',
  },
  {
    like: /^\/sys\/module\/xen_blk(?:back|front)\/parameters/m,
    is: 'parameters of a driver, and nothing of a ring',
    cure: 'they say what it may do; xenstore-ls -f says what it does',
  },
  {
    like: /^(?:crash(?:_64)?>|\(gdb\)|>>>|\d{1,4}: kd>)|^crash \d|^drgn \d|^GNU gdb|^warning: Couldn't find general-purpose registers/m,
    is: "a debugger's session, and nothing of a ring in it",
    cure: `${RING_OF_QUEUE} of the guest, struct xen_blkif_ring of the backend's domain: docs/capturing.md has the commands`,
  },
]

/** The beginning tells. */
const MAX_LOOKED_AT = 2 ** 18

/** What a text is in which nothing was found, and what to do about it; undefined for one that nobody knows. */
export function knownText(text: string): { readonly problem: string; readonly cure: string } | undefined {
  const head = text.slice(0, MAX_LOOKED_AT)
  for (const { like, is, cure } of KNOWN_TEXTS) {
    const found = like.exec(head)
    if (found) return { problem: is, cure: typeof cure === 'string' ? cure : cure(found.groups ?? {}) }
  }
  return undefined
}
