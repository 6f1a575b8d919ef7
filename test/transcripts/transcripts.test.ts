// Every *.txt beside this file is a transcript: commands behind `$ `, what they print (`! ` before what goes to stderr),
// their exit codes. The commands run in the root of the repo, with $SCRATCH naming an empty folder of the transcript's own,
// and must print the same again. `npm test -- -u` rewrites the transcripts.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const transcripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))

for (const name of transcripts) {
  const path = join(import.meta.dirname, name)
  test.concurrent(`transcript ${name}`, async ({ expect }) => {
    const commands = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('$ '))
      .map((line) => line.slice(2))
    expect(commands.length).toBeGreaterThan(0)
    const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
    try {
      const blocks: string[] = []
      for (const command of commands) blocks.push(await run(command, scratch))
      await expect(blocks.join('\n')).toMatchFileSnapshot(path)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  })
}

function run(command: string, scratch: string): Promise<string> {
  const script = `blkring() { "${process.execPath}" "${root}/bin/run.js" "$@"; }\n${command}`
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', SCRATCH: scratch }
  return new Promise((resolve) => {
    const bash = ['--norc', '--noprofile', '-o', 'pipefail', '-c', script]
    const child = execFile('bash', bash, { cwd: root, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const errors = stderr && `${stderr.trimEnd().replace(/^/gm, '! ')}\n`
      const output = stdout && !stdout.endsWith('\n') ? `${stdout}\n` : stdout
      resolve(`$ ${command}\n${output}${errors}exit ${error ? error.code : 0}\n`)
    })
    child.stdin?.end()
  })
}
