// The worst of what people have in their hands at an incident, 1 MB of each: sessions of debuggers, logs, the hypervisor's text, and
// these one beside the other.
import { type Content, counted, fullRing, times } from './inputs.ts'

const RINFO = (n: number) => 0xffff888000000000n + BigInt(n) * 0x2000n

const queue = (n: number) => `crash> struct blkfront_ring_info ${RINFO(n).toString(16)}
  ring = {
    req_prod_pvt = ${78 + n},
    rsp_cons = ${59 + n},
    nr_ents = 32,
    sring = 0x${(RINFO(n) + 0x1000n).toString(16)}
  },
  ring_ref = {${n % 500}, 0},
  evtchn = ${n % 900},
  irq = ${n % 700},
  shadow = 0x${(RINFO(n) + 224n).toString(16)}
`
const header = (n: number) => `crash> struct blkif_sring.req_prod,req_event,rsp_prod,rsp_event ${RINFO(n).toString(16)}
  req_prod = ${78 + n},
  req_event = ${79 + n},
  rsp_prod = ${59 + n},
  rsp_event = ${60 + n},
`
const entry = (n: number) =>
  `  status = REQ_WAITING,\n  request = 0xffff8880077${(n % 4096).toString(16)}0,\n  req.u.rw.id = ${n % 32},\n`
const stamped = (n: number, text: string) => `[${String(n).padStart(5)}.000000] ${text}\n`
const message = (n: number) =>
  stamped(
    n,
    `I/O error, dev xvd${String.fromCharCode(97 + (n % 26))}, sector ${8 * n} op 0x1:(WRITE) flags 0x800 phys_seg 2 prio class 0`,
  )
const stack = (n: number) =>
  `== ${n} ${n % 900}.xvda-${n % 16}\n[<0>] submit_bio_wait+0x5e/0x90\n[<0>] xen_blkif_schedule+0x9b3/0x17d0 [xen_blkback]\n`
const task = (n: number) =>
  `${stamped(n, `task:dd${n}  state:D stack:0 pid:${n} ppid:1`)}${stamped(n, ' folio_wait_bit_common+0x13d/0x380')}`
const port = (n: number) =>
  `${n % 500 === 0 ? `(XEN) Event channel information for domain ${n / 500}:\n` : ''}(XEN)     ${String(n % 500).padStart(4)} [1/0/  -   ]: s=3 n=0 x=0 d=0 p=${n}\n`
const interrupt = (n: number) => `${n}: ${n} 0  xen-dyn-lateeoi -event blkif\n`
const quoted = (text: string) => text.replace(/^/gm, '> > ')

/** Texts of 1 MB. */
export const INCIDENTS: Readonly<Record<string, () => Content>> = {
  'session-queues.txt': () => counted(queue),
  'session-headers.txt': () => counted(header),
  'session-one.txt': () => counted(() => header(0) + queue(0)),
  'session-moments.txt': () => counted((n) => header(n).replace(/f{4}\w{12}/, RINFO(0).toString(16))),
  'session-shadow.txt': () => `crash> struct blk_shadow.status,request,req.u.rw.id ${RINFO(0).toString(16)} 32\n${counted(entry)}`,
  'session-quoted.txt': () => quoted(counted(queue)),
  'session-open.txt': () => `crash> struct blkfront_ring_info ${RINFO(0).toString(16)}\n${times('ring = {')}`,
  'session-line.txt': () => `(gdb) p *ri\n$1 = {${times('ring = {rsp_cons = 5, nr_ents = 32}, ')}`,
  'session-repeats.txt': () => `(gdb) p ri->shadow\n$1 = {${times('0 <repeats 999999999 times>, ')}0}\n`,
  'drgn-prompts.txt': () => times('>>> s.req_prod, s.rsp_prod\n(RING_IDX)5\n'),
  'log-messages.txt': () => counted(message),
  'log-tasks.txt': () => counted(task),
  'stacks.txt': () => counted(stack),
  'debug-keys-e.txt': () => counted(port),
  'debug-keys-g.txt': () =>
    `(XEN) 'g' pressed -> printing grant tables\n${counted((n) => `(XEN) [0x${n.toString(16)}]  0 0x${n.toString(16)} 0x00000001 1 0x${n.toString(16)} 0x19\n`)}`,
  'interrupts.txt': () => counted(interrupt),
  'io-ring-loop.txt': () =>
    counted(
      (n) =>
        `==> /sys/devices/vbd-${n % 200}-51712/io_ring <==\nnr_ents 32\nreq prod ${n + 32} cons ${n + 30} event ${n + 33}\nrsp prod ${n} pvt ${n} event ${n + 1}\n`,
    ),
  'newlines.txt': () => times('\n'),
  mixture: () => ({
    'ring.bin': fullRing(1),
    'a/crash.txt': counted(queue, 200_000),
    'a/sring.txt': counted(header, 100_000),
    'b/e.txt': counted(port, 200_000),
    'b/irq-1.txt': counted(interrupt, 100_000),
    'b/irq-2.txt': counted(interrupt, 100_000),
    'c/dmesg.txt': counted((n) => message(n) + task(n) + stack(n), 200_000),
    'c/xenstore.txt': counted((n) => `/local/domain/${n % 99}/device/vbd/${51712 + n}/ring-ref = "${n}"\n`, 100_000),
  }),
  texts: () => Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`${n}.txt`, counted((i) => header(i + 3 * n), 2500)])),
}
