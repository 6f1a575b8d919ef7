// Tests that need a browser: `npm run test:browser`. They are no part of `npm test`, which needs none.
import { defineConfig } from 'vitest/config'

const results = process.env['BLKRING_RESULTS']

export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    maxWorkers: 1,
    ...(results ? { reporters: ['default', ['json', { outputFile: results }]] } : {}),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
