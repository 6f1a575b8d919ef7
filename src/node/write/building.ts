// Where an output is built: beside its place, under a name that says which process of which machine is at it. A run that was killed
// leaves such a name behind; the next that writes into the same folder takes it away.
// Loaded when it is first touched.
import crypto from 'node:crypto'
import { lstatSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'

/** What was in an output's place waits under that, until the new one is there. */
const OLD = '.old'

/** `ring.tmp-4711-0a1b2c-0123456789ab`: process, machine, chance. */
const NAME = /^(?<place>.+)\.tmp-(?<pid>[1-9]\d*)-(?<machine>[0-9a-f]{6})-[0-9a-f]{12}(?<old>\.old)?$/

/** Under what name the output for a place is built, once what killed runs left in its folder is gone. @param place an absolute path */
export function buildingPlace(place: string): string {
  cleanLeftovers(dirname(place))
  return `${place}.tmp-${process.pid}-${machine()}-${crypto.randomBytes(6).toString('hex')}`
}

/** Under what name that which is replaced waits. */
export function oldPlace(building: string): string {
  return building + OLD
}

/** Numbers of processes mean something on one machine, and there within one namespace. */
function machine(): string {
  let namespace = ''
  try {
    namespace = readlinkSync('/proc/self/ns/pid')
  } catch {
    // No Linux.
  }
  return crypto.createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 6)
}

/**
 * Takes away what processes that are no more left in a folder. Only what has a name of ours, of this machine, and belongs to this
 * user; a link is never followed. What cannot be taken away stays: it is in nobody's way.
 */
function cleanLeftovers(folder: string): void {
  let mine = ''
  for (const name of namesIn(folder)) {
    const { place, pid, machine: of, old } = NAME.exec(name)?.groups ?? {}
    if (place === undefined) continue
    mine ||= machine()
    const path = join(folder, name)
    try {
      if (of !== mine || isAlive(Number(pid)) || !isOurs(path)) continue
      // A run that died between two renames: what it was to replace goes back.
      if (old !== undefined && isFree(join(folder, place))) renameSync(path, join(folder, place))
      else rmSync(path, { recursive: true, force: true })
    } catch {
      // Somebody else's, or busy.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    // Those of one output in order: what is built before what waits.
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function isOurs(path: string): boolean {
  const stat = lstatSync(path)
  return (stat.isFile() || stat.isDirectory()) && stat.uid === (process.getuid?.() ?? stat.uid)
}

function isFree(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined
}
