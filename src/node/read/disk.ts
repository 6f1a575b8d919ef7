// Folders and files of the disk.
import { readdirSync, type Stats, statSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import type { Files } from '../../inputs/files.ts'
import { ioProblem } from '../io-problem.ts'
import { openFile } from './open-file.ts'
import { UNPACKERS } from './unpackers.ts'

export const DISK: Files = {
  list: (folder) => io(folder, () => readdirSync(folder)),
  isFolder: (path) => statOf(path).isDirectory(),
  isFile: (path) => statOf(path).isFile(),
  keyOf(folder) {
    const { dev, ino } = statOf(folder)
    return `${dev}:${ino}`
  },
  open: (path) => openFile(path),
  unpackers: UNPACKERS,
}

function statOf(path: string): Stats {
  return io(path, () => statSync(path))
}

function io<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}
