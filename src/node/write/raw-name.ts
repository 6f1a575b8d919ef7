/** Whether a path is called as files of raw pages are: who names one so wants no folder. With a slash behind it, it is one. */
export function isRawName(path: string): boolean {
  return /\.bin$/i.test(path)
}
