// A second decoder, plain and slow, with the offsets typed from the protocol's description: it shares no code with src/codec. What it says
// of every slot in flight is what the decoder must say, and the text of a ring has a line for every slot that it says is in use.

interface PlainRequest {
  readonly slot: number
  readonly operation: number
  readonly id: bigint
  readonly sector: bigint
  /** Of direct requests. */
  readonly sectors: number | undefined
}

/** Requests in [rsp_prod, req_prod) of an x86_64 or x86_32 ring; undefined where the indices cannot be. */
export function plainRequests(bytes: Uint8Array, wide: boolean): PlainRequest[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [reqProd, rspProd] = [view.getUint32(0, true), view.getUint32(8, true)]
  const stride = wide ? 112 : 108
  let slots = 1
  while (slots * 2 * stride <= bytes.length - 64) slots *= 2
  const count = (reqProd - rspProd) >>> 0
  if (count > slots) return undefined
  return Array.from({ length: count }, (_, k) => {
    const slot = (rspProd + k) % slots
    const at = 64 + slot * stride
    const operation = view.getUint8(at)
    // READ, WRITE, WRITE_BARRIER and FLUSH_DISKCACHE have their segments in the slot.
    const direct = operation <= 3
    let sectors = 0
    for (let i = 0; i < Math.min(view.getUint8(at + 1), 11); i++) {
      const seg = at + (wide ? 24 : 20) + 8 * i
      sectors += Math.max(0, view.getUint8(seg + 5) - view.getUint8(seg + 4) + 1)
    }
    const id = view.getBigUint64(at + (wide ? 8 : 4), true)
    const sector = view.getBigUint64(at + (wide ? 16 : 12), true)
    return { slot, operation, id, sector, sectors: direct ? sectors : undefined }
  })
}
