import { XEN_PAGE_SIZE } from '../xen/ring.ts'

/**
 * @throws TypeError where an argument is no Uint8Array, RangeError where it is no whole number of pages: what it is instead, and
 * what to do
 */
export function requirePages(bytes: unknown, caller: string): asserts bytes is Uint8Array {
  // By its tag, since a page's and its frame's classes are not the same; a Buffer is a Uint8Array, wherever in its pool it lies.
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]')
    throw new TypeError(`${caller}: bytes ${typeText(bytes)}, where the pages of a ring are needed, as a Uint8Array`)
  const { length } = bytes as Uint8Array
  if (length > 0 && length % XEN_PAGE_SIZE === 0) return
  if (length === 0) throw new RangeError(`${caller}: no bytes were given; a ring has one page of ${XEN_PAGE_SIZE} bytes or more`)
  const missing = XEN_PAGE_SIZE - (length % XEN_PAGE_SIZE)
  throw new RangeError(
    `${caller}: ${length} bytes are no whole pages of ${XEN_PAGE_SIZE}; of a ring that was cut, add ${missing} bytes and name them in options.missing`,
  )
}

function typeText(value: unknown): string {
  if (value instanceof Promise) return 'is a Promise, which has to be awaited'
  if (value instanceof ArrayBuffer) return 'is an ArrayBuffer: new Uint8Array(buffer) shows its bytes'
  if (ArrayBuffer.isView(value)) return 'is a view of other elements: new Uint8Array(view.buffer, view.byteOffset, view.byteLength)'
  if (typeof value === 'string') return `is the text '${value.slice(0, 40)}': loadDumps of blkring/node reads files`
  if (Array.isArray(value)) return 'is an array: Uint8Array.from(array)'
  return value === undefined || value === null ? 'is missing' : `is of type ${typeof value}`
}
