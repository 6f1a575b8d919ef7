// An output that appears whole or not at all: it is built beside its place and renamed to it at the end.
import { lstatSync, renameSync, rmSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { buildingPlace, oldPlace } from './building.ts'
import { io } from './output-file.ts'

/** Why an output cannot be put in its place. */
export type Obstacle =
  /** There is one already, and it is not to be replaced. */
  | 'exists'
  /** What is there holds something that is no part of such an output. */
  | 'foreign'
  /** What is there is another kind of thing: a folder, a pipe, a file where a folder is to be, a file of another kind. */
  | 'folder'
  | 'special'
  | 'no-folder'
  | 'other-file'
  /** A folder with the name of a file of raw pages. */
  | 'file-name'
  /** The path names no place: it is empty, a link that leads nowhere, or below a folder that does not exist. */
  | 'nameless'
  | 'dangling'
  | 'no-parent'
  /** It is the folder that the process is in. */
  | 'working-folder'

/** What to do about obstacles, where the command knows better than to name another place. */
export type Cures = Partial<Record<Obstacle, string>>

/** An output that cannot be put in its place: nothing was written. */
export class OutputRefused extends DumpError {
  readonly obstacle: Obstacle
  /** The path below the folder of what is foreign. */
  readonly entry: string | undefined

  constructor(path: string, obstacle: Obstacle, problem: string, cure?: string, entry?: string) {
    super(path, problem, cure)
    this.obstacle = obstacle
    this.entry = entry
  }
}

export abstract class AtomicOutput {
  /** The place as the user named it. */
  readonly path: string
  readonly #cures: Cures
  #building: string | undefined

  constructor(path: string, cures: Cures) {
    this.path = path
    this.#cures = cures
  }

  /** What is built; undefined of what is written in its place. */
  protected get building(): string | undefined {
    return this.#building
  }

  /** Names what is built, once it may be put in its place. */
  protected begin(place: string): string {
    this.#building = this.io(() => buildingPlace(place))
    return this.#building
  }

  /** Puts what was built in its place. */
  protected finish(place: string): void {
    const building = this.#building!
    this.io(() => {
      const old = lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ? oldPlace(building) : undefined
      if (old !== undefined) renameSync(place, old)
      try {
        renameSync(building, place)
      } catch (error) {
        if (old !== undefined) renameSync(old, place)
        throw error
      }
      if (old !== undefined) rmSync(old, { recursive: true, force: true })
    })
    this.#building = undefined
  }

  /** Leaves nothing behind of an output that was not put in its place. */
  discard(): void {
    if (this.#building !== undefined) rmSync(this.#building, { recursive: true, force: true })
    this.#building = undefined
  }

  protected refusal(obstacle: Obstacle, problem: string, cure?: string, entry?: string): OutputRefused {
    return new OutputRefused(this.path, obstacle, problem, this.#cures[obstacle] ?? cure, entry)
  }

  protected io<T>(action: () => T): T {
    return io(this.path, action)
  }
}
