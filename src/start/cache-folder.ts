// The folder of compiled code: the user's own, where nobody else can have put anything. What lies there is run.
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'

/** What `stat` says of an entry that matters here. */
interface Ownership {
  readonly uid: number
  readonly mode: number
}

/** Bits of a mode (inode(7)): writable by the group or others (an access list shows as the group's), and a folder whose entries are their owners'. */
const WRITABLE_BY_OTHERS = 0o022
const STICKY = 0o1000

/** Whether an entry is the user's, and nobody else may write to it. */
export function isOwn({ uid, mode }: Ownership, user: number): boolean {
  return uid === user && (mode & WRITABLE_BY_OTHERS) === 0
}

/** Whether nobody but the user and root can put another entry in the place of one in this folder that is the user's. */
export function keepsEntries({ uid, mode }: Ownership, user: number): boolean {
  return (uid === user || uid === 0) && ((mode & WRITABLE_BY_OTHERS) === 0 || (mode & STICKY) !== 0)
}

/** The user that the process works for: undefined on Windows, and where a program runs with the rights of another user. */
export function ownUser(): number | undefined {
  const user = process.geteuid?.()
  return user === process.getuid?.() ? user : undefined
}

/** Where caches lie (XDG Base Directory Specification). */
function cachesOf({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  if (XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME
  return HOME !== undefined && isAbsolute(HOME) ? join(HOME, '.cache') : undefined
}

/**
 * The folder `blkring` of the user's caches: it and the one around it are the user's alone, and those above can be changed by nobody else.
 * Undefined where that is not so, as under a sudo that keeps HOME, or where there is none.
 * @param make whether to make the two folders where they are missing
 */
export function cacheFolder(env: NodeJS.ProcessEnv, user: number, make: boolean): string | undefined {
  const named = cachesOf(env)
  if (named === undefined) return undefined
  if (make && !exists(named) && isOwn(lstatSync(realpathSync(dirname(named))), user)) mkdirSync(named, { mode: 0o700 })
  const caches = realpathSync(named)
  if (!isOwn(lstatSync(caches), user)) return undefined
  for (let above = dirname(caches); ; above = dirname(above)) {
    if (!keepsEntries(lstatSync(above), user)) return undefined
    if (above === dirname(above)) break
  }
  const folder = join(caches, 'blkring')
  if (make && !exists(folder)) mkdirSync(folder, { mode: 0o700 })
  const stat = lstatSync(folder)
  return stat.isDirectory() && isOwn(stat, user) ? folder : undefined
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
