// What the build puts into the page (scripts/page.mjs).
declare module '*.bin' {
  const bytes: Uint8Array
  export default bytes
}
declare module '*.txt' {
  const text: string
  export default text
}
