// Runs commands of dist/ one after another in this process, for those who ask through a named pipe. What they name becomes this
// process's standard input, output and error, so that a command finds the files and pipes that a process of its own would have.
// A request is fields that each end in a NUL: working folder, input, output, errors, variables and arguments with their numbers
// before them. The answer is a line with the exit code. Ends with the last asker.
const fs = require('node:fs')
const { join } = require('node:path')

const { writeSync } = fs
const [folder] = process.argv.slice(2)
const requests = fs.openSync(join(folder, 'requests'), 'r')
const replies = fs.openSync(join(folder, 'replies'), 'w')
const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND } = fs.constants
const packageFile = join(__dirname, '../../package.json')
/** A pipe of our own: what goes into it is in the file `input`. */
const inputPipe = join(folder, 'input-pipe')

/** Lets a descriptor be what a path names: open gives the lowest that is free. A pipe is opened without waiting for its other end. */
function become(fd, path, flags) {
  const held = fs.statSync(path).isFIFO() ? fs.openSync(path, O_RDWR) : undefined
  if (path === inputPipe) writeSync(held, fs.readFileSync(join(folder, 'input')))
  fs.closeSync(fd)
  if (fs.openSync(path, flags) !== fd) throw new Error(`${path} is not descriptor ${fd}`)
  if (held !== undefined) fs.closeSync(held)
}

function becomeAll(input, output, errors) {
  become(0, input, O_RDONLY)
  become(1, output, O_WRONLY | O_APPEND)
  become(2, errors, O_WRONLY | O_APPEND)
}

const descriptors = () => fs.readdirSync('/dev/fd').map(Number)

/** A pipe left open would never end for those at its other end. */
function closeOthers(known) {
  for (const fd of descriptors())
    try {
      if (!known.has(fd) && fs.fstatSync(fd).isFIFO()) fs.closeSync(fd)
    } catch {
      // The one that listed them.
    }
}

let unread = ''
/** @returns the next field, undefined at the end */
function field() {
  const buffer = Buffer.alloc(2 ** 16)
  for (;;) {
    const end = unread.indexOf('\0')
    if (end >= 0) {
      const text = Buffer.from(unread.slice(0, end), 'latin1').toString()
      unread = unread.slice(end + 1)
      return text
    }
    const length = fs.readSync(requests, buffer)
    if (length === 0) return undefined
    unread += buffer.latin1Slice(0, length)
  }
}

const fields = () => Array.from({ length: Number(field()) }, field)

async function serve() {
  require('./strip-colour.cjs')
  const { main } = require('../../dist/cli/blkring.cjs')
  const own = { ...process.env }
  const known = new Set(descriptors())
  for (let cwd = field(); cwd !== undefined; cwd = field()) {
    const files = [field(), field(), field()]
    const variables = fields().map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])
    process.argv = [process.argv[0], 'blkring', ...fields()]
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, own, Object.fromEntries(variables))
    becomeAll(...files)
    process.chdir(cwd)
    process.exitCode = undefined
    await main(packageFile)
    const exit = process.exitCode ?? 0
    process.exitCode = undefined
    process.removeAllListeners('uncaughtException')
    becomeAll('/dev/null', '/dev/null', '/dev/null')
    closeOthers(known)
    writeSync(replies, `${exit}\n`)
  }
}

serve().catch((error) => writeSync(replies, `${error.stack.replaceAll('\n', ' ')}\n`))
