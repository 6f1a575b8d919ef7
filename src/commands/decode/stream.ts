// Files and pipes of many rings: many at a time, lines by way of columns.

import { unitOfStream } from '../../capture/decode-capture.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { bytesAtATime, CHUNK_PAGES, dumpOfPages, type RingChunk } from '../../inputs/ring-stream.ts'
import { LineWriter } from '../../rows/lines.ts'
import { writeBytes } from '../../terminal/output.ts'
import { ColumnDecoder } from './columns.ts'
import type { DecodeOptions, DecodeRun } from './printers.ts'

/** Prints the rings of one input. */
export interface ChunkPrinter {
  /** Where rings are best read to. @param ring bytes of one */
  room?(ring: number): Uint8Array | undefined
  chunk(chunk: RingChunk): void
  end(): void
}

export function chunkPrinter(input: string, options: DecodeOptions, run: DecodeRun): ChunkPrinter {
  const { format } = options
  if (format === 'ndjson' || format === 'csv') return linePrinter(input, options, format, run)
  return objectPrinter(input, options, run)
}

function objectPrinter(input: string, { sectorUnit }: DecodeOptions, run: DecodeRun): ChunkPrinter {
  return {
    chunk({ bytes, rings, first }) {
      // Once for all rings.
      unitOfStream(input, sectorUnit)
      const size = bytes.length / rings
      for (let i = 0; i < rings; i++)
        run.ring(dumpOfPages(`${input}[${first + i}]`, bytes.subarray(i * size, (i + 1) * size), first + i), input)
    },
    end() {},
  }
}

function linePrinter(input: string, options: DecodeOptions, format: 'ndjson' | 'csv', run: DecodeRun): ChunkPrinter {
  const lines = new LineWriter(format, writeBytes, { hasUnit: options.sectorUnit !== undefined })
  let columns: ColumnDecoder | undefined
  /** Chunks that are not printed yet. */
  let waiting = 0
  const columnsOf = (size: number) => {
    columns ??= new ColumnDecoder(
      { ...options, sectorUnit: unitOfStream(input, options.sectorUnit) },
      { scratch: LineWriter.scratch, rowsOf: lines.rowsOf },
      size,
      CHUNK_PAGES,
    )
    return columns
  }
  return {
    room(ring) {
      // The unit of a disk is not known of a stream: it is said when the rings are there.
      return options.sectorUnit === 'disk' ? undefined : columnsOf(ring).input.subarray(0, bytesAtATime(ring))
    },
    chunk({ bytes, rings, first }) {
      const decoder = columnsOf(bytes.length / rings)
      // One ring alone may have to wait for a second; when it is printed at last, it takes the place of what was read meanwhile.
      const kept = rings === 1 || waiting > 0 ? Uint8Array.from(bytes) : bytes
      waiting++
      run.rings(first, rings, (number) => {
        waiting--
        run.findings += decoder.print(kept, number)
        // What a pipe gave before it paused should be seen at once; one ring alone may print when the input has ended.
        if (bytes.length < CHUNK_PAGES * XEN_PAGE_SIZE) lines.flush()
      })
    },
    end: () => lines.flush(),
  }
}
