// A signal that ends the process while something is left that nobody asked for: half a folder, a changed terminal.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs the work. A signal is heard whenever the work lets the event loop turn: it cleans up, and then ends the process as ever. */
export async function cleaningUp<T>(cleanUp: () => void, work: () => Promise<T>): Promise<T> {
  const deaf = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals) => {
    deaf()
    try {
      cleanUp()
    } finally {
      process.kill(process.pid, signal)
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    return await work()
  } finally {
    deaf()
  }
}

/** Lets the event loop turn once. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
