import { Command } from '@oclif/core/command'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { ClosedPipe, flush } from '../../terminal/output.ts'

/** What all commands share: output that is flushed, errors in one line, exit codes. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = false

  /** Does the work and returns the exit code. */
  abstract execute(): Promise<number>

  async run(): Promise<void> {
    try {
      process.exitCode = await this.execute()
      flush()
    } catch (error) {
      if (!(error instanceof ClosedPipe)) throw error
      process.exitCode = EXIT_CLEAN
    }
  }

  protected override async catch(error: Error): Promise<void> {
    if ('oclif' in error) {
      const { withNearest } = await import('./mistakes.ts')
      withNearest(error, { flags: this.ctor.flags })
    }
    process.exitCode = report(error, this.id)
  }
}
