/** Where in a memory image a ring was found. An image is one moment: its rings are those of as many disks or queues. */
export interface Extracted {
  /** What the image was called. */
  readonly image: string
  /** Offsets of the ring's pages: `0x5000 0x7000`. */
  readonly place: string
  /** As it was found to be, which says more than the slots: the image can be of an Arm machine. */
  readonly protocol: string
}

/** The offsets of a ring's pages in an image as text, `0x5000 0x7000`; `-` stands for a page that is not there. */
export function placeText(offsets: readonly (number | undefined)[]): string {
  return offsets.map((offset) => (offset === undefined ? '-' : `0x${offset.toString(16)}`)).join(' ')
}
