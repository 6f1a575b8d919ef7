// Loaded before a command whose colours are forced (node --require): they are taken from what it prints.
const fs = require('node:fs')
const { promisify } = require('node:util')

const { write, writeSync } = fs
const SGR = /\u001b\[[\d;]*m/g

const stripped = (bytes) => Buffer.from(Buffer.from(bytes).toString('latin1').replace(SGR, ''), 'latin1')

function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

fs.writeSync = (fd, bytes, at = 0, ...rest) => {
  if (fd !== 1) return writeSync(fd, bytes, at, ...rest)
  writeAll(fd, stripped(bytes.subarray(at)))
  return bytes.length - at
}
fs.write = Object.assign((...args) => write(...args), {
  [promisify.custom]: async (fd, bytes) => {
    writeAll(fd, stripped(bytes))
    return { bytesWritten: bytes.length, buffer: bytes }
  },
})
