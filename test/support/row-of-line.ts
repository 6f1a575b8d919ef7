// Rows of Parquet as lines of `decode --ndjson` say that they should be.
export type Row = Readonly<Record<string, unknown>>

interface Line {
  readonly slot: number
  readonly index: number
  readonly state: string
  readonly request?: Row
  readonly answered?: string
  readonly answeredBy?: number
  readonly response?: Row
  readonly beneath?: Row
  readonly beneathOutstanding?: string
  readonly sector_unit?: number
}

const ABSENT: Row = {
  op: null,
  operation: null,
  id: null,
  sector_number: null,
  handle: null,
  nr_segments: null,
  nr_sectors: null,
  segments: null,
  indirect_op: null,
  indirect_grefs: null,
  flag: null,
  raw: null,
  answered: null,
  answeredBy: null,
  status: null,
  beneath: null,
  beneathOutstanding: null,
}

/** The row that a line of `decode --ndjson` should be, but for where its ring is from. */
export function rowOfLine(line: unknown): Row {
  const {
    slot,
    index,
    state,
    request,
    answered,
    answeredBy,
    response,
    beneath,
    beneathOutstanding,
    sector_unit = 512,
  } = line as Line
  const place = { ...ABSENT, slot, index, state, sector_unit }
  if (request) return { ...place, ...numbers(request), answered: answered ?? 'no', answeredBy: answeredBy ?? null }
  if (!response) return place
  const own = { ...numbers(response), beneath: numbers(beneath!) }
  return { ...place, ...own, beneathOutstanding: beneathOutstanding ?? 'no' }
}

/** Where JSON has a u64 as text, or a sum of sectors as a number, Parquet has a number of 64 bits. */
function numbers(fields: Row): Row {
  const long = ['id', 'sector_number', 'nr_sectors'].filter((name) => fields[name] !== undefined && fields[name] !== null)
  return { ...fields, ...Object.fromEntries(long.map((name) => [name, BigInt(fields[name] as string)])) }
}
