import { run } from '@oclif/core/run'
import { EXIT_CLEAN } from './exit-codes.ts'
import { report } from './failure.ts'

/** Runs the command line. @param dir path of the package's package.json, for oclif */
export async function main(dir: string): Promise<void> {
  // Node warns of both at once; ours is the stricter reading.
  if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']
  // oclif writes help through the stream, where a reader that has gone shows as an error event.
  process.once('uncaughtException', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT_CLEAN : report(error))
  })
  try {
    const [first, ...rest] = process.argv.slice(2)
    await run(first === 'help' ? [...rest, '--help'] : process.argv.slice(2), dir)
  } catch (error) {
    const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
    process.exitCode = exit === EXIT_CLEAN ? EXIT_CLEAN : report(error)
  }
}
