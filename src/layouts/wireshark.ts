// A dissector of Wireshark, in Lua: of the packets that `decode --pcapng` writes, under each of these ABIs. Where fields lie stands in
// tables of numbers; the code that reads them is the same for all.
import { ABIS, type Abi, x86_64 } from '../codec/struct/abi.ts'
import type { ScalarName } from '../codec/struct/c-types.ts'
import { blkifResponse, SEGS_PER_INDIRECT_PAGE } from '../codec/xen/blkif.ts'
import { operationInfo, REQUEST_STRUCTS, statusName } from '../codec/xen/operations.ts'
import { OPERATION_NUMBERS, STATUS_NUMBERS } from './constants.ts'
import { modelOf, type StructShape } from './model.ts'
import { blkifPacket, NO_ANSWER, PACKET_ANSWERS, PACKET_STATES, PACKET_VERSION } from './packet.ts'

/** Each struct that a packet may hold, by what decides: the kind of its operation, or that it is a response. */
const STRUCTS = { ...REQUEST_STRUCTS, response: blkifResponse }

const FIELD_TYPES = { u8: 'uint8', u16: 'uint16', s16: 'int16', u32: 'uint32', u64: 'uint64' } as const

/** Words for the values of fields. */
const WORDS: Readonly<Record<string, string>> = {
  operation: 'OPS',
  indirect_op: 'OPS',
  status: 'STATUSES',
  abi: 'ABIS',
  state: 'STATES',
  answered: 'ANSWERS',
}

/** A field of a packet: its name below `blkif.`, and where it lies. `count` is of an array, whose elements are `stride` bytes apart. */
interface Leaf {
  readonly name: string
  readonly type: ScalarName
  readonly offset: number
  readonly size: number
}
interface Row extends Leaf {
  readonly count: number
  readonly stride: number
  readonly parts: readonly Leaf[]
}

export function wiresharkText(abis: readonly Abi[], made: string): string {
  const head = rowsOf(shapeOf(blkifPacket, x86_64))
  const structs = abis.map((abi) =>
    Object.entries(STRUCTS).map(([kind, type]) => {
      const rows = rowsOf(shapeOf(type, abi))
      // No struct of these is public: as decode reads them, and no segments.
      return [kind, kind === 'other' ? rows.filter(({ name }) => name !== 'nr_segments' && name !== 'seg') : rows] as const
    }),
  )
  const types = fieldTypes([...head, ...structs.flat().flatMap(([, rows]) => rows)])
  return `-- The slots of Xen's block rings as blkring decode --pcapng writes them, under ${abis.map((abi) => abi.name).join(', ')}.
-- ${made}
-- Started as: wireshark -X lua_script:THIS FILE. Filters: blkif.operation == "write" && blkif.seg.gref == 57
local blkif = Proto("blkif", "Xen block ring")

local OPS = { ${Object.values(OPERATION_NUMBERS)
    .map((code) => `[${code}] = "${operationInfo(code).op}"`)
    .join(', ')} }
local KINDS = { ${Object.values(OPERATION_NUMBERS)
    .map((code) => `[${code}] = "${operationInfo(code).kind}"`)
    .join(', ')} }
local STATUSES = { ${Object.values(STATUS_NUMBERS)
    .map((status) => `[${status}] = "${statusName(status)}"`)
    .join(', ')} }
local ABIS = { ${listed(ABIS.map((abi) => abi.name))} }
local STATES = { ${listed(PACKET_STATES)} }
local ANSWERS = { ${listed(PACKET_ANSWERS)} }

local FIELDS = {
${[...types].map(([name, type]) => `  ["${name}"] = ProtoField.${FIELD_TYPES[type]}("blkif.${name}", "${name}"${words(name)}),`).join('\n')}
  raw = ProtoField.bytes("blkif.raw", "raw"),
}
local list = {}
for _, field in pairs(FIELDS) do list[#list + 1] = field end
blkif.fields = list
local short = ProtoExpert.new("blkif.short", "The packet ends within this", expert.group.MALFORMED, expert.severity.ERROR)
blkif.experts = { short }

-- Of each field: name, offset, size; of an array the number of its elements and the bytes from one to the next, and of structs their fields.
local HEAD = {
${head.map(rowText).join('\n')}
}
local HEAD_SIZE = ${shapeOf(blkifPacket, x86_64).size}
local LAYOUTS = {
${abis.map((abi, i) => `  ${abi.name} = {\n${structs[i]!.map(([kind, rows]) => `    ${kind} = {\n${rows.map((row) => `    ${rowText(row)}`).join('\n')}\n    },`).join('\n')}\n  },`).join('\n')}
}
${READER}`
}

/** What reads the tables. */
const READER = `
local function value(tvb, at, size)
  return size <= 4 and tvb(at, size):le_uint() or tvb(at, size):le_uint64()
end

-- false where the packet ends before the field does
local function add(tree, tvb, base, name, at, size)
  if base + at + size > tvb:len() then
    tree:add_tvb_expert_info(short, tvb(math.min(base, tvb:len())))
    return false
  end
  tree:add_le(FIELDS[name], tvb(base + at, size))
  return true
end

-- How many elements of an array the request uses: what lies behind them is older.
local function used(name, count, segments)
  if name == "seg" then return math.min(segments, count) end
  if name == "indirect_grefs" then return math.min(math.ceil(segments / ${SEGS_PER_INDIRECT_PAGE}), count) end
  return count
end

local function struct(tree, tvb, base, rows)
  local segments = 0
  for _, row in ipairs(rows) do
    local name, at, size, count, stride, parts = table.unpack(row)
    if not count then
      if not add(tree, tvb, base, name, at, size) then return end
      if name == "nr_segments" then segments = value(tvb, base + at, size) end
    else
      for i = 0, used(name, count, segments) - 1 do
        local element = base + at + i * stride
        if not parts then
          if not add(tree, tvb, element, name, 0, size) then return end
        elseif element + size > tvb:len() then
          return
        else
          local below = tree:add(blkif, tvb(element, size), name .. "[" .. i .. "]")
          for _, part in ipairs(parts) do add(below, tvb, element, part[1], part[2], part[3]) end
        end
      end
    end
  end
end

function blkif.dissector(tvb, pinfo, root)
  pinfo.cols.protocol = "blkif"
  local tree = root:add(blkif, tvb())
  if tvb:len() < HEAD_SIZE then
    tree:add_tvb_expert_info(short, tvb())
    return
  end
  local head = {}
  for _, row in ipairs(HEAD) do
    local name, at, size = table.unpack(row)
    head[name] = value(tvb, at, size)
    if name ~= "answered" or head.answered ~= ${NO_ANSWER} then add(tree, tvb, 0, name, at, size) end
  end
  if tvb:len() == HEAD_SIZE then return end
  local state, layouts = STATES[head.state], LAYOUTS[ABIS[head.abi] or ""]
  local text = "slot " .. head.slot .. ": " .. (state or "?")
  if head.version ~= ${PACKET_VERSION} or not layouts or (state ~= "request" and state ~= "response") then
    tree:add(FIELDS.raw, tvb(HEAD_SIZE))
    pinfo.cols.info = text
    return
  end
  local kind = "response"
  if state == "request" then kind = KINDS[tvb(HEAD_SIZE, 1):uint()] or "other" end
  local rows = layouts[kind]
  struct(tree, tvb, HEAD_SIZE, rows)
  tree:add(FIELDS.raw, tvb(HEAD_SIZE))
  for _, row in ipairs(rows) do
    local at = HEAD_SIZE + row[2]
    if at + row[3] <= tvb:len() then
      if row[1] == "operation" then text = text .. " " .. (OPS[tvb(at, 1):uint()] or "unknown") end
      if row[1] == "id" then text = text .. " id " .. tostring(tvb(at, 8):le_uint64()) end
      if row[1] == "status" then
        local status = tvb(at, 2):le_int()
        text = text .. " " .. (STATUSES[status] or status)
      end
    end
  end
  pinfo.cols.info = text
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, blkif)
`

function listed(words: readonly string[]): string {
  return words.map((word, i) => `[${i}] = "${word}"`).join(', ')
}

function words(name: string): string {
  const table = WORDS[name]
  return table === undefined ? '' : `, base.DEC, ${table}`
}

function shapeOf(type: (typeof STRUCTS)[keyof typeof STRUCTS] | typeof blkifPacket, abi: Abi): StructShape {
  return modelOf([{ type, about: '' }], abi).shapes.at(-1)!
}

function rowsOf({ members }: StructShape): Row[] {
  return members
    .filter((m) => m.role === 'value')
    .map(({ name, type, offset, size, length }) => {
      const stride = size / (length ?? 1)
      const parts = typeof type === 'string' ? [] : leavesOf(type, name)
      return { name, type: typeof type === 'string' ? type : 'u8', offset, size: stride, count: length ?? 0, stride, parts }
    })
}

function leavesOf({ members }: StructShape, above: string): Leaf[] {
  return members
    .filter((m) => m.role === 'value')
    .map(({ name, type, offset, size }) => {
      if (typeof type !== 'string') throw new TypeError(`${above}.${name}: no struct in a struct in an array`)
      return { name: `${above}.${name}`, type, offset, size }
    })
}

/** A filter has one name and type for all structs: the widest. */
function fieldTypes(rows: readonly Row[]): Map<string, ScalarName> {
  const widest = new Map<string, Leaf>()
  for (const leaf of rows.flatMap((row): readonly Leaf[] => (row.parts.length > 0 ? row.parts : [row])))
    if (leaf.size > (widest.get(leaf.name)?.size ?? 0)) widest.set(leaf.name, leaf)
  return new Map([...widest].map(([name, { type }]) => [name, type]))
}

function rowText({ name, offset, size, count, stride, parts }: Row): string {
  const array = count === 0 ? '' : `, ${count}, ${stride}`
  const fields = parts.map((part) => `{ "${part.name}", ${part.offset}, ${part.size} }`).join(', ')
  return `  { "${name}", ${offset}, ${size}${array}${fields === '' ? '' : `, { ${fields} }`} },`
}
