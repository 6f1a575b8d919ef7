// A scenario to the ring that the emulated driver leaves: plain values in, bytes out.
import { decodeRing, x86_64 } from 'blkring'
import { Player, ringFiles, scriptOf } from 'blkring/scenario'

const player = new Player(scriptOf({ driver: 'modern', steps: [{ write: { sector: 0, bytes: '64K' } }, 'push'] }))
for (const event of player.play()) if (event.type === 'poked') throw new Error('nothing is poked here')
for (const { name, content } of ringFiles(player)) {
  if (name !== 'ring.bin' || typeof content === 'string') continue
  const [slot] = decodeRing(content, x86_64).slots
  console.log(name, slot?.state === 'request' ? `${slot.request.op}, id ${slot.request.id}` : slot?.state)
}
