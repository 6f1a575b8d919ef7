// Looking at an input before it is read: written once, whether the bytes come at once or are waited for.
import type { ByteSource } from './byte-source.ts'

/** Work that says of which source it needs how many bytes ahead before it goes on. */
export type Looking<T> = Generator<readonly [ByteSource, number], T, void>

/** Does the work; where bytes are not there yet, it waits for them. */
export function lookNow<T>(looking: Looking<T>): T {
  for (;;) {
    const { value, done } = looking.next()
    if (done) return value
  }
}

/** Does the work and leaves the event loop free meanwhile. */
export async function look<T>(looking: Looking<T>): Promise<T> {
  for (;;) {
    const { value, done } = looking.next()
    if (done) return value
    const [source, length] = value
    await source.ahead(length)
  }
}
