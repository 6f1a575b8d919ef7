// origin.txt, which lies beside a ring that was taken out of a memory image: where in which image it was.
import type { Extracted } from '../image/index.ts'

/** The line that names the image. Behind the name comes the format, which has no comma. */
const IMAGE = /^image: (\S.*), [^,]*$/m
const PROTOCOL = /^ring: \d+, (\S+), /m
const PLACE = /^ring pages at: (\S.*)$/m

/** The lines that `parseOrigin` reads. @param ring its number in the image */
export function originLines(
  { image, place, protocol }: Extracted,
  { format, ring, score }: { readonly format: string; readonly ring: number; readonly score: number },
): string[] {
  return [`image: ${image}, ${format}`, `ring: ${ring}, ${protocol}, score ${score}`, `ring pages at: ${place}`]
}

/** Reads an origin.txt as `find --extract` writes it; undefined for a text that somebody else wrote. */
export function parseOrigin(text: string): Extracted | undefined {
  const [image, place, protocol] = [IMAGE, PLACE, PROTOCOL].map((line) => line.exec(text)?.[1])
  return image === undefined || place === undefined || protocol === undefined ? undefined : { image, place, protocol }
}
