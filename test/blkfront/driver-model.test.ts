import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DRIVER_MODELS, negotiatedIndirectSegments } from '../../src/blkfront/index.ts'
import { readVectors, vectorFiles } from './read-vectors.ts'

const FOLDER = join(import.meta.dirname, '../vectors')

interface Negotiation {
  readonly backendNodes: Readonly<Record<string, string>>
  readonly moduleParams: { readonly maxIndirectSegments: number }
}

test.each(vectorFiles(FOLDER))('indirect segments are negotiated as recorded in %s', (file) => {
  for (const { name, config } of readVectors(FOLDER, file)) {
    const { backendNodes, moduleParams } = config as typeof config & Negotiation
    const offer = Number(backendNodes['feature-max-indirect-segments'] ?? 0)
    const agreed = negotiatedIndirectSegments(DRIVER_MODELS[config.driver], offer, moduleParams.maxIndirectSegments)
    expect(agreed, name).toBe(config.maxIndirectSegments)
  }
})
