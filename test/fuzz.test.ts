// The fuzzer can fail: bugs of the kinds that it once missed are planted, and each is reported with the seed that finds it again.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

function fuzz(plant: string, ...args: string[]) {
  const env = { ...process.env, FUZZ_PLANT: plant }
  const { status, stdout } = spawnSync(process.execPath, ['scripts/fuzz.mjs', '--seed', '5', ...args], { encoding: 'utf8', env })
  return { status, stdout }
}

test.each([
  ['sectors', 'is read otherwise by the plain decoder', ['--count', '40']],
  ['lines', 'lines of slots are missing in the text', ['--count', '40']],
  ['memory', 'takes more than 256 MiB', ['--count', '1']],
  ['loop', 'takes longer than 0.7 s', ['--count', '1', '--watchdog', '700']],
  ['loop-after', 'takes longer than 3 s', ['--count', '1', '--watchdog', '3000']],
])('%s', (plant, message, args) => {
  const { status, stdout } = fuzz(plant, '--only', 'rings', ...args)
  expect(status).toBe(1)
  expect(stdout).toContain(message)
  expect(stdout).toMatch(/npm run fuzz -- --only rings --seed \d+ --count 1/)
})

test('without them it finds nothing', () => {
  expect(fuzz('', '--only', 'rings', '--count', '20').status).toBe(0)
})
