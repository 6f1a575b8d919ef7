// Makes dumps/hostile: of every folder there the rings of its scenarios, then the changes that edits.txt asks for.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseScenarioText, scriptOf } from '../src/scenario/file/index.ts'
import { folderFiles, Player, ringFiles, SnapshotFiles } from '../src/scenario/player/index.ts'

const SCENARIO = /^scenario(-\d+)?\.yaml$/
/** `ring.bin 0x20 = ff 00`: bytes; `indirect-9.bin length 2048`: cut, or filled with zeros; `ring.bin pages 0 2 1 3`: in another order; `frontend/KEY = "VALUE"`: a node; `no frontend/KEY`: none. */
const EDIT =
  /^(?:(\S+\.bin) (0x[0-9a-f]+) = ([0-9a-f ]+)|(\S+\.bin) length (\d+)|(\S+\.bin) pages ([\d ]+)|(frontend|backend)\/(\S+) = "(.*)"|no (frontend|backend)\/(\S+))$/
/** The whole of edits.txt where xenstore.txt was written by hand. */
const BY_HAND = 'xenstore.txt by hand'

/** Of the yaml package, which a bundle cannot hold. */
type LoadYaml = Parameters<typeof parseScenarioText>[1]

type Files = Map<string, Uint8Array | string>

/**
 * The files that belong in a folder of dumps/hostile beside those that they are made of, by their path below it.
 * @throws Error for a line of edits.txt that is not understood
 */
export async function hostileFiles(folder: string, loadYaml: LoadYaml): Promise<Files> {
  const files: Files = new Map()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const [name, number = ''] = SCENARIO.exec(path.split('/').at(-1)!) ?? []
    if (name !== undefined) await play(folder, path, number, files, loadYaml)
  }
  const editsFile = join(folder, 'edits.txt')
  const edits = existsSync(editsFile) ? readFileSync(editsFile, 'utf8').split('\n') : []
  if (edits.includes(BY_HAND)) files.delete('xenstore.txt')
  for (const line of edits) if (line !== '' && line !== BY_HAND && !line.startsWith('#')) edit(files, line)
  return files
}

async function play(folder: string, path: string, number: string, files: Files, loadYaml: LoadYaml): Promise<void> {
  const plain = await parseScenarioText(readFileSync(join(folder, path), 'utf8'), loadYaml)
  const player = new Player(scriptOf(plain))
  const place = dirname(path) === '.' ? '' : `${dirname(path)}/`
  // A guest that is suspended leaves its old ring: the first moment of a series.
  const snapshots = new SnapshotFiles((page) => page.join())
  const moments: (readonly [string, Uint8Array])[] = []
  const keep = () => {
    for (const { name, content } of snapshots.next(player, 0, '')) moments.push([name, Uint8Array.from(content as Uint8Array)])
  }
  for (const played of player.play()) if (played.type === 'step' && played.outcome.type === 'suspend') keep()
  if (moments.length > 0) keep()
  for (const [name, content] of moments) files.set(place + name, content)
  for (const { name, content } of moments.length > 0 ? [] : ringFiles(player)) {
    const own = number !== '' && name !== 'ring.bin' ? `ring${number}.${name}` : name.replace('ring.bin', `ring${number}.bin`)
    files.set(place + own, Uint8Array.from(content as Uint8Array))
  }
  // One text for the device: that of its first ring.
  for (const { name, content } of folderFiles(player, plain as never))
    if (name === 'xenstore.txt' && !files.has(name)) files.set(name, content)
}

function edit(files: Files, line: string): void {
  const match = EDIT.exec(line)
  if (!match) throw new Error(`edits.txt: not understood: ${line}`)
  const [, file, at, hex, cut, length, mixed, order, end, key, value, goneEnd, goneKey] = match
  if (file !== undefined)
    bytesOf(files, file).set(
      hex!
        .trim()
        .split(/ +/)
        .map((byte) => Number.parseInt(byte, 16)),
      Number(at),
    )
  else if (cut !== undefined) files.set(cut, ofLength(bytesOf(files, cut), Number(length)))
  else if (mixed !== undefined) files.set(mixed, inOrder(bytesOf(files, mixed), order!.split(' ').map(Number)))
  else files.set('xenstore.txt', editNode(String(files.get('xenstore.txt')), end ?? goneEnd!, key ?? goneKey!, value))
}

function inOrder(bytes: Uint8Array, order: readonly number[]): Uint8Array {
  const size = bytes.length / order.length
  return Uint8Array.from(order.flatMap((page) => [...bytes.subarray(page * size, (page + 1) * size)]))
}

function bytesOf(files: Files, name: string): Uint8Array {
  const bytes = files.get(name)
  if (!(bytes instanceof Uint8Array)) throw new Error(`edits.txt: no ${name}; there are ${[...files.keys()].join(' ')}`)
  return bytes
}

/** @param value undefined takes the node away */
function editNode(text: string, end: string, key: string, value: string | undefined): string {
  const ROOT =
    end === 'frontend' ? /^\/local\/domain\/\d+\/device\/vbd\/\d+\//m : /^\/local\/domain\/\d+\/backend\/vbd\/\d+\/\d+\//m
  const root = ROOT.exec(text)![0]
  const prefix = `${root}${key} = `
  const lines = text.split('\n').filter((line) => !line.startsWith(prefix))
  const at = lines.findLastIndex((line) => line.startsWith(root))
  if (value !== undefined) lines.splice(at + 1, 0, `${prefix}"${value}"`)
  return lines.join('\n')
}

function ofLength(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length)
  result.set(bytes.subarray(0, length))
  return result
}
