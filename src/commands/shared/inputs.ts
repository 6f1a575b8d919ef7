// Inputs as commands open them.
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { Input } from '../../inputs/inputs.ts'
import type { LoadedImage } from '../../inputs/loaded-image.ts'
import type { InputOptions, OpenOptions } from '../../inputs/open-options.ts'
import { inputs, openInput } from '../../node/read/inputs.ts'
import { note, warn } from '../../terminal/failure.ts'

/** How a command takes its inputs. Without `onError` the first error is thrown. */
type Taking = Pick<OpenOptions, 'onError' | 'onNote' | 'onUnknown' | 'indices' | 'statements' | 'image' | 'asStream'>

/** The inputs one after another. */
export function openedInputs(names: readonly string[], options: InputOptions, taking: Taking): AsyncGenerator<Input> {
  return inputs(names, openOptions(options, taking))
}

/** Opens one input alone. */
export function openedInput(name: string, options: InputOptions, taking: Taking): Promise<Input> {
  return openInput({ name, place: 0 }, openOptions(options, taking))
}

function openOptions({ pages, readAs, ring }: InputOptions, taking: Taking): OpenOptions {
  return { pages, readAs, ring: ring && { ...ring, onLoaded: warnOfUnread }, onImage: warnOfUnread, onNote: note, ...taking }
}

/** Of an image that was not looked at as a whole, what was left out. */
async function warnOfUnread({ name, problem, unread }: LoadedImage): Promise<void> {
  if (problem) warn(problem.message)
  else if (unread.bytes >= XEN_PAGE_SIZE || unread.more) {
    const { unreadWords } = await import('../find/words.ts')
    warn(`${name}: not read: ${unreadWords(unread)}`)
  }
}
