// Where in a file system the lines of a text come from: `head`'s titles, `grep -r`'s prefixes, commands at a prompt.

/** A title of head, a heading that was echoed, a command that prints a file. */
const TITLES = [
  /^==> ?(?<path>[^<>]{1,256}?)(?: ?<==)?$/,
  /^== ?(?<path>[^= ]{1,256})$/,
  /^(?:\[[^\]]{0,80}\])?[\w@.:~/ -]{0,80}?[#$] (?:sudo )?(?:cat|head|tail|more|grep) (?:-\S+ )*(?:. )?(?<path>\/?[\w./*-]{1,256})(?: .{0,256})?$/,
]
/** `path:rest`, as grep prints it. A path has a slash, or is a name of sysfs. */
const PREFIX = /^(?<path>(?:\.{0,2}\/)?(?:[\w.@+-]{1,64}\/){0,12}[\w.@+-]{1,64}):(?<rest>.*)$/

/** The path of a title; undefined for another line. */
export function pathOfTitle(line: string): string | undefined {
  if (line.length > 400) return undefined
  const text = line.trim()
  for (const pattern of TITLES) {
    const path = pattern.exec(text)?.groups?.['path']
    if (path !== undefined) return path.trim()
  }
  return undefined
}

/** A line behind its path, or behind that of the title above it. */
export interface PlacedLine {
  readonly path: string
  readonly rest: string
}

/** @param title the path of the title above the line, empty where there is none */
export function placed(line: string, title: string): PlacedLine {
  const found = line.length > 2048 ? undefined : PREFIX.exec(line)?.groups
  return found ? { path: found['path']!, rest: found['rest']! } : { path: title, rest: line }
}

const DISK =
  /(?:^|[/_.-])(?<disk>xvd[a-z]{1,3}|[hs]d[a-z]{1,2}|vd[a-z]{1,2}|dm-\d{1,6}|loop\d{1,6}|nvme\d{1,4}n\d{1,4}|drbd\d{1,4}|md\d{1,4}|rbd\d{1,5}|zd\d{1,5})(?=$|[/_.:-])/

/** The disk that a path names; undefined for one that names none. */
export function diskIn(path: string): string | undefined {
  return DISK.exec(path)?.groups?.['disk']
}

/** The disk of a frontend, as its kernel calls it. */
export function isFrontendDisk(disk: string | undefined): boolean {
  return disk === undefined || disk.startsWith('xvd')
}
