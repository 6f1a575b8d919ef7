// The emulated drivers of Linux: the limits that each gives the block layer, and how a request is then cut.
import { cutByLimits, DRIVER_MODELS, limitsAtConnect, type SgSegment } from 'blkring/blkfront'

const pageSize = 65536
const segments = Array.from({ length: 3 }, (_, page): SgSegment => [page, 0, pageSize])
for (const model of Object.values(DRIVER_MODELS)) {
  const limits = limitsAtConnect(model, { pageSize, maxIndirectSegments: 32 }, 32)
  const requests = [...cutByLimits(segments, limits)]
  console.log(`${model.name}: ${limits.maxSegments} segments of ${limits.maxSegmentSize} bytes;`, `3 pages take ${requests.length} requests`)
}
