// What one would write by hand for this one layout: objects from a DataView, with literal offsets. For comparison only.
export function dataViewRing(bytes: Uint8Array): object[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const req_prod = view.getUint32(0, true)
  const rsp_prod = view.getUint32(8, true)
  const oldest = (req_prod - 32) >>> 0
  const slots: object[] = []
  for (let slot = 0; slot < 32; slot++) {
    const at = 64 + 112 * slot
    const index = (oldest + ((slot - oldest) & 31)) >>> 0
    if ((index - rsp_prod) >>> 0 < (req_prod - rsp_prod) >>> 0) slots.push({ slot, index, request: request(view, at) })
    else
      slots.push({
        slot,
        index,
        response: { id: view.getBigUint64(at, true), operation: view.getUint8(at + 8), status: view.getInt16(at + 10, true) },
      })
  }
  return slots
}

function request(view: DataView, at: number): object {
  const operation = view.getUint8(at)
  const id = view.getBigUint64(at + 8, true)
  const sector_number = view.getBigUint64(at + 16, true)
  if (operation === 5)
    return {
      operation,
      flag: view.getUint8(at + 1),
      handle: view.getUint16(at + 2, true),
      id,
      sector_number,
      nr_sectors: view.getBigUint64(at + 24, true),
    }
  if (operation === 6) {
    const indirect_grefs: number[] = []
    for (let i = 0; i < 8; i++) indirect_grefs.push(view.getUint32(at + 28 + 4 * i, true))
    const indirect_op = view.getUint8(at + 1)
    return {
      operation,
      indirect_op,
      nr_segments: view.getUint16(at + 2, true),
      id,
      sector_number,
      handle: view.getUint16(at + 24, true),
      indirect_grefs,
    }
  }
  const nr_segments = view.getUint8(at + 1)
  const segments: object[] = []
  for (let i = 0; i < Math.min(nr_segments, 11); i++) {
    const seg = at + 24 + 8 * i
    segments.push({ gref: view.getUint32(seg, true), first_sect: view.getUint8(seg + 4), last_sect: view.getUint8(seg + 5) })
  }
  return { operation, nr_segments, handle: view.getUint16(at + 2, true), id, sector_number, segments }
}
