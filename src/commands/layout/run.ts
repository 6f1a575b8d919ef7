// `layout`: the tables of codec/xen, one by one or all.

import { RING_PAGE_COUNTS, ringGeometry } from '../../codec/ring/geometry.ts'
import type { Abi } from '../../codec/struct/abi.ts'
import type { Struct, Union } from '../../codec/struct/c-types.ts'
import { languageText } from '../../layouts/index.ts'
import { isLanguage, type Language } from '../../layouts/languages.ts'
import { type StructTable, tablesOf } from '../../layouts/tables.ts'
import { jsonText } from '../../print/printable.ts'
import { layoutJson, layoutText } from './text.ts'

export type LayoutFormat = 'text' | 'json' | 'markdown' | Language

/** @param name a struct, or undefined for all @throws RangeError that names the structs there are */
export function renderLayouts(name: string | undefined, abis: readonly Abi[], format: LayoutFormat): string {
  if (isLanguage(format)) return languageText(format, name, abis)
  const tables = tablesOf(name)
  if (format === 'markdown') return markdown(tables, abis)
  const each = tables.flatMap(({ type }) => abis.map((abi) => ({ type, abi })))
  if (format === 'json') {
    const [first, ...rest] = each.map(({ type, abi }) => layoutJson(type, abi))
    return `${jsonText(rest.length === 0 ? first : [first, ...rest], 2)}\n`
  }
  return byLayout(tables, abis)
    .map(({ type, group }) => `/* ${group.map((abi) => abi.name).join(', ')} */\n${layoutText(type, group[0]!)}`)
    .join('\n')
}

/** ABIs that lay a struct out alike are printed once. */
function byLayout(tables: readonly StructTable[], abis: readonly Abi[]): { type: Struct | Union; about: string; group: Abi[] }[] {
  return tables.flatMap(({ type, about }) => {
    const groups = new Map<string, Abi[]>()
    for (const abi of abis) {
      const text = layoutText(type, abi)
      groups.set(text, [...(groups.get(text) ?? []), abi])
    }
    return [...groups.values()].map((group) => ({ type, about, group }))
  })
}

function markdown(tables: readonly StructTable[], abis: readonly Abi[]): string {
  const sections = tables.map((table) => {
    const texts = byLayout([table], abis).map(
      ({ type, group }) => `${group.map((abi) => abi.name).join(', ')}:\n\n\`\`\`c\n${layoutText(type, group[0]!)}\`\`\`\n`,
    )
    return `## ${table.type.name}\n\n${table.about}\n\n${texts.join('\n')}`
  })
  return `# Wire format

Printed by \`blkring layout --markdown\` from the tables in \`src/codec/xen\`. Offsets and sizes are bytes; all integers are little-endian.

## Ring sizes

${ringSizes(abis)}
${sections.join('\n')}`
}

function ringSizes(abis: readonly Abi[]): string {
  const rows = RING_PAGE_COUNTS.flatMap((pages) =>
    abis.map((abi) => {
      const g = ringGeometry(abi, pages)
      return `| ${pages} | ${abi.name} | ${g.nr_ents} | ${g.stride} | ${g.slotsAt} | ${g.bytes - g.tailAt} |`
    }),
  )
  return `| pages | abi | nr_ents | bytes a slot | first slot at | unused tail bytes |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`
}
