// Runs commands of dist/ one after another in one process: a list of { args, env } as JSON from standard input, a list of
// { stdout, stderr, exit } to standard output. Not for commands that read standard input or end the process themselves.
const fs = require('node:fs')
const { join } = require('node:path')
const { promisify } = require('node:util')

const runs = JSON.parse(fs.readFileSync(0, 'utf8'))
const packageFile = join(__dirname, '../../package.json')
const { main } = require('../../dist/cli/blkring.cjs')
const { writeSync } = fs
const write = process.stdout.write.bind(process.stdout)
let printed

/** What would go to a descriptor, kept. */
fs.writeSync = (fd, bytes, at = 0, ...rest) => {
  if (fd !== 1 && fd !== 2) return writeSync(fd, bytes, at, ...rest)
  printed[fd] += Buffer.from(bytes.subarray(at)).toString()
  return bytes.length - at
}
fs.write = Object.assign((...args) => fs.writeSync(...args), {
  [promisify.custom]: async (fd, bytes) => ({ bytesWritten: fs.writeSync(fd, bytes), buffer: bytes }),
})
for (const [fd, stream] of [[1, process.stdout], [2, process.stderr]])
  stream.write = (text) => {
    printed[fd] += text
    return true
  }

async function run() {
  const results = []
  for (const { args, env } of runs) {
    printed = { 1: '', 2: '' }
    process.argv = [process.argv[0], 'blkring', ...args]
    for (const name of ['FORCE_COLOR', 'NO_COLOR', 'COLUMNS']) delete process.env[name]
    Object.assign(process.env, env)
    await main(packageFile)
    process.removeAllListeners('uncaughtException')
    results.push({ stdout: printed[1], stderr: printed[2], exit: process.exitCode })
    process.exitCode = 0
  }
  write(JSON.stringify(results))
}

run()
