// Loaded before commands (node --require): from what they print colours are taken where $STRIP_COLOUR says so.
const fs = require('node:fs')
const { promisify } = require('node:util')

const { write, writeSync } = fs
const SGR = /\u001b\[[\d;]*m/g

const isOn = (fd) => fd === 1 && process.env['STRIP_COLOUR'] === '1'
const stripped = (bytes) => Buffer.from(Buffer.from(bytes).toString('latin1').replace(SGR, ''), 'latin1')

function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

fs.writeSync = (fd, bytes, at = 0, ...rest) => {
  if (!isOn(fd)) return writeSync(fd, bytes, at, ...rest)
  writeAll(fd, stripped(bytes.subarray(at)))
  return bytes.length - at
}
fs.write = Object.assign((...args) => write(...args), {
  [promisify.custom]: async (fd, bytes) => {
    writeAll(fd, isOn(fd) ? stripped(bytes) : bytes)
    return { bytesWritten: bytes.length, buffer: bytes }
  },
})
