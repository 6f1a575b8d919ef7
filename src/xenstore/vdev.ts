// The device number that a guest's disk goes by, and its name (Xen's docs/man/xen-vbd-interface.7): the ring carries it as
// `handle`, cut to 16 bits (`blkif_vdev_t` of blkif.h).

interface Family {
  /** The number's upper byte, a Linux block major. */
  readonly major: number
  readonly prefix: string
  /** The letter of its first disk counts from a. */
  readonly first: number
  /** Bits of the lower byte that number partitions. */
  readonly partitionBits: number
}

const FAMILIES: readonly Family[] = [
  { major: 202, prefix: 'xvd', first: 0, partitionBits: 4 },
  { major: 8, prefix: 'sd', first: 0, partitionBits: 4 },
  { major: 3, prefix: 'hd', first: 0, partitionBits: 6 },
  { major: 22, prefix: 'hd', first: 2, partitionBits: 6 },
]

/** IDE has two disks a major; other majors have as many as their lower byte numbers. */
const IDE_DISKS = 2

/** The extended form (1 << 28 | disk << 8 | partition) is used from the 17th disk on, when 16 no longer fit. */
const EXTENDED = 2 ** 28
const FIRST_EXTENDED_DISK = 16

/**
 * The name of the disk that a request's `handle` stands for: `xvda`, `xvda1`, `hdc`; of an extended number, of which the ring has
 * the lower 16 bits only, `xvdab (0x10001b00, cut to 16 bits)`. Undefined where no rule of the interface gives such a number
 * (xen-vbd-interface.7).
 * @param handle u16
 */
export function diskName(handle: number): string | undefined {
  const [major, minor] = [Math.floor(handle / 256), handle % 256]
  const extended =
    major < FIRST_EXTENDED_DISK
      ? undefined
      : `${named('xvd', major, minor)} (0x${(EXTENDED + handle).toString(16)}, cut to 16 bits)`
  const name = classicName(handle)
  // IDE's second major is also that of the 23rd disk in the extended form.
  return name?.startsWith('hd') && extended !== undefined ? `${name}, or ${extended}` : (name ?? extended)
}

/**
 * The name of the disk that a whole `virtual-device` of XenStore stands for; undefined where no rule of the interface gives such a
 * number.
 */
export function vdevName(vdev: number): string | undefined {
  if (vdev < EXTENDED) return classicName(vdev)
  const rest = vdev - EXTENDED
  return rest < EXTENDED ? named('xvd', Math.floor(rest / 256), rest % 256) : undefined
}

/** The name of a number that is made of a major and a minor. */
function classicName(number: number): string | undefined {
  const [major, minor] = [Math.floor(number / 256), number % 256]
  const family = FAMILIES.find((f) => f.major === major)
  if (!family) return undefined
  const partitions = 2 ** family.partitionBits
  const disk = Math.floor(minor / partitions)
  if (family.prefix === 'hd' && disk >= IDE_DISKS) return undefined
  return named(family.prefix, family.first + disk, minor % partitions)
}

/** Partition 0 is the whole disk. */
function named(prefix: string, disk: number, partition: number): string {
  return `${prefix}${letters(disk)}${partition === 0 ? '' : partition}`
}

/** a to z, then aa, ab, … */
function letters(disk: number): string {
  const tail = String.fromCharCode(0x61 + (disk % 26))
  return disk < 26 ? tail : letters(Math.floor(disk / 26) - 1) + tail
}

/** Whether a device can have the number: a family's, or the extended form. */
export function isVdev(vdev: bigint): boolean {
  return vdev >> 28n === 1n || FAMILIES.some(({ major }) => vdev >> 8n === BigInt(major))
}

/** The handle that requests to a device carry: its number, cut to 16 bits. */
export function handleOfVdev(vdev: number): number {
  return vdev % 2 ** 16
}

/** A device whose number, cut to 16 bits, is the handle: of the same number, where a device can have it, else the extended one. */
export function vdevOfHandle(handle: number): number {
  return isVdev(BigInt(handle)) ? handle : EXTENDED + handle
}

const NAME = /^(?:\/dev\/)?(xvd|sd|hd)([a-z]{1,3})(\d{0,2})$/

/** The number of the device that goes by a name such as `xvda` or `sdb1`; undefined for another name. */
export function vdevOfName(name: string): string | undefined {
  const [, prefix, inLetters, partition] = NAME.exec(name) ?? []
  if (prefix === undefined) return /^\d{1,10}$/.test(name) ? name : undefined
  const disk = [...inLetters!].reduce((n, letter) => 26 * n + letter.charCodeAt(0) - 0x60, 0) - 1
  for (const { major, prefix: own, first, partitionBits } of FAMILIES) {
    const disks = own === 'hd' ? IDE_DISKS : 2 ** (8 - partitionBits)
    if (own === prefix && disk >= first && disk < first + disks && Number(partition) < 2 ** partitionBits)
      return String(major * 256 + (disk - first) * 2 ** partitionBits + Number(partition))
  }
  return prefix === 'xvd' ? String(EXTENDED + disk * 256 + Number(partition)) : undefined
}
