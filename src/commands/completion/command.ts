import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Args from '@oclif/core/args'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { write } from '../../terminal/output.ts'
import { BaseCommand } from '../shared/base-command.ts'

/** The files that the build makes of all commands, one for each shell. */
const FILES = { bash: 'blkring.bash', zsh: '_blkring', fish: 'blkring.fish' }

export default class Completion extends BaseCommand {
  static override summary = 'Print the completions of a shell: commands, flags and their values.'

  static override description =
    `bash reads the file from ~/.local/share/bash-completion/completions/, under the name blkring; zsh from a folder of its fpath, under the name _blkring; fish from ~/.config/fish/completions/.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> bash > blkring',
    '<%= config.bin %> <%= command.id %> zsh > _blkring',
    '<%= config.bin %> <%= command.id %> fish > blkring.fish',
  ]

  static override args = {
    shell: Args.string({ required: true, options: Object.keys(FILES), description: 'bash, zsh or fish' }),
  }

  async execute(): Promise<number> {
    const { args } = await this.parse(Completion)
    write(readFileSync(join(this.config.root, 'dist/completions', FILES[args.shell as keyof typeof FILES]), 'utf8'))
    return EXIT_CLEAN
  }
}
