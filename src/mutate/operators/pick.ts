import type { Random } from '../../scenario/file/index.ts'
import type { FieldPlace, Held } from '../source.ts'

/** One of them; undefined where there is none. */
export function pickOne<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.below(items.length)]
}

/** One of the fields of that name in a slot. */
export function placeIn(held: Held<unknown> | undefined, name: string, random: Random): FieldPlace | undefined {
  return pickOne(held?.places.get(name) ?? [], random)
}

/** The only field of that name in a slot. */
export function fieldIn(held: Held<unknown>, name: string): FieldPlace | undefined {
  return held.places.get(name)?.[0]
}
