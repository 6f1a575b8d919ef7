# One page of an x86_64 ring, for Kaitai Struct. For comparison only.
meta:
  id: blkif_page
  endian: le
seq:
  - id: req_prod
    type: u4
  - id: req_event
    type: u4
  - id: rsp_prod
    type: u4
  - id: rsp_event
    type: u4
  - id: pad
    size: 48
  - id: slots
    type: slot
    size: 112
    repeat: expr
    repeat-expr: 32
types:
  slot:
    seq:
      - id: operation
        type: u1
      - id: body
        type:
          switch-on: operation
          cases:
            5: discard
            6: indirect
            _: direct
  direct:
    seq:
      - id: nr_segments
        type: u1
      - id: handle
        type: u2
      - id: pad
        size: 4
      - id: id
        type: u8
      - id: sector_number
        type: u8
      - id: segments
        type: segment
        repeat: expr
        repeat-expr: 'nr_segments < 11 ? nr_segments : 11'
  segment:
    seq:
      - id: gref
        type: u4
      - id: first_sect
        type: u1
      - id: last_sect
        type: u1
      - id: pad
        size: 2
  discard:
    seq:
      - id: flag
        type: u1
      - id: handle
        type: u2
      - id: pad
        size: 4
      - id: id
        type: u8
      - id: sector_number
        type: u8
      - id: nr_sectors
        type: u8
  indirect:
    seq:
      - id: indirect_op
        type: u1
      - id: nr_segments
        type: u2
      - id: pad
        size: 4
      - id: id
        type: u8
      - id: sector_number
        type: u8
      - id: handle
        type: u2
      - id: pad2
        size: 2
      - id: indirect_grefs
        type: u4
        repeat: expr
        repeat-expr: 8
