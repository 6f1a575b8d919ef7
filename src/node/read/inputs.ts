// Inputs on this machine.
import type { Host } from '../../inputs/host.ts'
import {
  dumpsBelowOn,
  type Input,
  type InputName,
  inputsOn,
  openBytesOn,
  openInputNowOn,
  openInputOn,
} from '../../inputs/inputs.ts'
import type { OpenOptions } from '../../inputs/open-options.ts'
import { DISK } from './disk.ts'
import { openFile, openSource } from './open-file.ts'

const HOST: Host = {
  files: DISK,
  open: openSource,
  openNow: (path) => openFile(path),
  async loadImage(open, options) {
    const { loadOpenImage } = await import('./image-dumps.ts')
    return loadOpenImage(open, options)
  },
  async digest() {
    const { createHash } = await import('node:crypto')
    return (page) => createHash('sha1').update(page).digest('base64')
  },
}

/** The inputs, one open at a time. What cannot be opened is reported, and has no rings. */
export function inputs(names: readonly string[], options: OpenOptions): AsyncGenerator<Input> {
  return inputsOn(HOST, names, options)
}

/** What cannot be opened is reported, and has no rings. @param named its path where that is another than its name */
export function openInput(named: InputName, options: OpenOptions): Promise<Input> {
  return openInputOn(HOST, named, options)
}

/** An input of which all bytes are there: what a command printed. @param named what it is called */
export function openBytes(named: InputName, bytes: Uint8Array, options: OpenOptions): Promise<Input> {
  return openBytesOn(HOST, named, bytes, options)
}

/** The same at once: what must be waited for holds everything up, and what takes time is refused. */
export function openInputNow(named: InputName, options: OpenOptions): Input {
  return openInputNowOn(HOST, named, options)
}

/** A folder's dump folders where it is none itself, else the input. */
export function dumpsBelow(name: string, options: OpenOptions): readonly string[] {
  return dumpsBelowOn(HOST, name, options)
}
