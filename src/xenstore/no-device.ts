// Why a text names no block device, where its words tell.

/** What is said of a text that names no block device, by what stands in it; the first that fits. */
const REASONS: readonly (readonly [text: RegExp, problem: string, cure: string])[] = [
  [
    /^\W*xenstore-ls: .*denied/im,
    'XenStore refused the listing, which names no block device',
    'a guest may list its own devices: xenstore-ls -f device/vbd; the host all: xenstore-ls -f as root',
  ],
  [/^\W*xenstore-(?:ls|list|read): /im, "the tool's own complaint, no listing", 'xenstore-ls -f prints one'],
  [
    /Name +ID +Mem/,
    'the domains that xl list prints, without their devices',
    'xl block-list DOMAIN, xl list -l or xenstore-ls -f has them',
  ],
]

/** What is wrong with a text that has no block device, and what to give in its place; undefined where nothing in it tells. */
export function reasonOfNone(text: string): { readonly problem: string; readonly cure: string } | undefined {
  const [, problem, cure] = REASONS.find(([like]) => like.test(text)) ?? []
  return problem === undefined || cure === undefined ? undefined : { problem, cure }
}
