import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { BackendName, Severity } from '../../check/index.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { write } from '../../terminal/output.ts'
import { foldingWidth, terminalStyle } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Check extends BaseCommand {
  static override summary = 'Check captured rings against the rules of the protocol.'

  static override description =
    `INPUT is what decode takes: a dump folder, a file of raw ring pages, or - for standard input; or a folder of such files. Queues of one device and snapshots of one ring are also held against each other.

Exit code: 0 clean, 1 findings of the severity or graver, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/direct',
    '<%= config.bin %> <%= command.id %> --rules',
    '<%= config.bin %> <%= command.id %> --explain split-gap',
    "<%= config.bin %> <%= command.id %> --explain 'xvda: illegal number of responses 33'",
    '<%= config.bin %> <%= command.id %> --rule split-gap dumps/direct',
    '<%= config.bin %> <%= command.id %> --backend qemu dumps/indirect',
    '<%= config.bin %> <%= command.id %> --sarif dumps/multi-queue > findings.sarif',
    '<%= config.bin %> <%= command.id %> --summary dumps',
    'find corpus -name "*.bin" | <%= config.bin %> <%= command.id %> --unique --files-from -',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ description: INPUT, ignoreStdin: true }),
  }

  static override flags = {
    ...inputFlags,
    severity: Flags.string({
      options: ['error', 'warning', 'note'],
      default: 'warning',
      description: 'the least severity to report',
    }),
    rule: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'RULE',
      description: 'check this rule only; may be repeated',
    }),
    disable: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'RULE',
      description: 'leave a rule out; may be repeated',
    }),
    backend: Flags.string({
      options: ['linux', 'qemu', 'tapdisk'],
      description: 'also say what this backend would do with each request',
    }),
    json: Flags.boolean({ description: 'print JSON', exclusive: ['sarif'] }),
    sarif: Flags.boolean({ description: 'print SARIF 2.1.0', exclusive: ['backend'] }),
    summary: Flags.boolean({
      description: 'count findings by rule, with the first of each, in place of listing rings',
      exclusive: ['sarif', 'backend'],
    }),
    unique: Flags.boolean({
      description: 'of rings that break the same rules in the same fields list the first, and count the others',
      exclusive: ['backend'],
    }),
    apart: Flags.boolean({ description: 'look at each ring alone: what follows it in a file is no later moment of it' }),
    'files-from': Flags.string({
      description: 'read names of inputs from a file, one a line or apart by NUL; - is standard input',
      helpValue: 'FILE',
    }),
    rules: Flags.boolean({ description: 'list the rules' }),
    explain: Flags.string({
      helpValue: 'RULE',
      description: 'what a rule means, why it matters, and what to do; or what a line of a log means',
    }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Check)
    const style = await terminalStyle()
    const width = foldingWidth()
    const { explainRule, listRules, rulesChosen } = await import('./rules.ts')
    if (flags.rules || flags.explain !== undefined) {
      write(flags.explain === undefined ? listRules(style, width) : explainRule(flags.explain, style, width))
      return EXIT_CLEAN
    }
    const rules = rulesChosen(flags.rule, flags.disable)
    if (argv.length === 0 && flags['files-from'] === undefined)
      throw new Error('no INPUT: name a dump folder, a file of raw pages, or - (see blkring check --help)')
    const { checkInputs } = await import('./run.ts')
    return checkInputs(argv as string[], style, {
      width,
      ...inputOptions(flags),
      rules,
      severity: flags.severity as Severity,
      summary: flags.summary,
      unique: flags.unique,
      apart: flags.apart,
      filesFrom: flags['files-from'],
      backend: flags.backend as BackendName | undefined,
      format: flags.sarif ? 'sarif' : flags.json ? 'json' : 'text',
      version: this.config.version,
    })
  }
}
