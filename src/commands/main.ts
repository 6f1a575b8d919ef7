import { run } from '@oclif/core/run'
import { settings } from '@oclif/core/settings'
import { EXIT_CLEAN } from '../terminal/exit-codes.ts'
import { report } from '../terminal/failure.ts'

/**
 * Runs the command line.
 * @param root path of the package's package.json, for oclif
 * @param commands names of all commands
 */
export async function runMain(root: string, commands: readonly string[]): Promise<void> {
  // Node warns of both at once; ours is the stricter reading.
  if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']
  // oclif writes help through the stream, where a reader that has gone shows as an error event.
  process.once('uncaughtException', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT_CLEAN : report(error))
  })
  try {
    const [first, ...rest] = process.argv.slice(2)
    await run(first === 'help' ? [...rest, '--help'] : process.argv.slice(2), closed(root))
  } catch (error) {
    const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
    process.exitCode = exit === EXIT_CLEAN ? EXIT_CLEAN : report(await explained(error, commands))
  }
}

/** oclif joins the words of a command that it does not know with colons. */
async function explained(error: unknown, commands: readonly string[]): Promise<unknown> {
  const { noCommand } = await import('./shared/mistakes.ts')
  const [first, second] = process.argv.slice(2)
  const name = first === 'help' ? second : first
  return (name === undefined || name.startsWith('-') ? undefined : noCommand(name, commands)) ?? error
}

/**
 * How oclif loads nothing from outside the package: it would run plugins that a folder of the user's data names
 * ($XDG_DATA_HOME, ~/.local/share), TypeScript's loaders that lie in a folder above it where NODE_ENV says development, and read
 * a theme beside other configuration.
 */
function closed(root: string) {
  settings.tsnodeEnabled = false
  for (const name of Object.keys(process.env)) if (/^(BLKRING|OCLIF)_/i.test(name)) delete process.env[name]
  // It also warns developers of commands that parsed nothing, as after a wrong flag.
  delete process.env['NODE_ENV']
  process.env['BLKRING_DISABLE_THEME'] = 'true'
  return { root, userPlugins: false, devPlugins: false }
}
