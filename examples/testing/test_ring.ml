(* The driver under test: a write of one page at sector 8. *)
let my_ring last_sect =
  let ring = Bytes.make 4096 '\000' in
  List.iter (fun (at, n) -> Bytes.set_int32_le ring at n)
    [ (0, 1l) (* req_prod *); (4, 1l) (* req_event *); (12, 1l) (* rsp_event *); (64 + 24, 9l) (* gref *) ];
  Bytes.set_uint8 ring 64 1 (* BLKIF_OP_WRITE *);
  Bytes.set_uint8 ring 65 1 (* nr_segments *);
  Bytes.set_uint16_le ring 66 51712 (* handle *);
  Bytes.set_int64_le ring (64 + 16) 8L (* sector_number *);
  Bytes.set_uint8 ring (64 + 29) last_sect;
  let file = open_out_bin "ring.bin" in
  output_bytes file ring;
  close_out file

(* Exit codes: 0 clean, 1 findings or differences, 2 could not do it. *)
let expect code command = if Sys.command command <> code then failwith command

(* And the decoder under test. *)
let read_vector file =
  let v = Vector.read file in
  let head = List.hd v.lines in
  let id = if List.assoc "abi" head.fields = "x86_32" then 4 else 8 in
  let read (line : Vector.line) =
    let at = 64 + (Vector.int line "slot" * Vector.int head "slot_size") in
    if Bytes.get_uint8 v.ring at <> Vector.int line "operation"
      || Bytes.get_int64_le v.ring (at + id) <> Vector.number line "id"
      || Bytes.get_int64_le v.ring (at + id + 8) <> Vector.number line "sector_number"
    then failwith file in
  let is_request (line : Vector.line) = String.length line.kind >= 13 && String.sub line.kind 0 13 = "blkif_request" in
  List.iter read (List.filter is_request v.lines)

let () =
  my_ring 7;
  expect 0 "blkring diff --level io linux.yaml ring.bin";
  expect 0 "blkring check ring.bin";
  expect 0 {|blkring decode --json ring.bin | grep -q '"sector_number": "8"'|};
  my_ring 8 (* a page ends at sector 7 *);
  expect 1 "blkring check --json ring.bin >findings.json";
  expect 0 {|grep -q '"rule": "segment-range"' findings.json|};
  let files = List.tl (Array.to_list Sys.argv) in
  if List.length files < 20 then failwith "no vectors";
  List.iter read_vector files;
  print_endline "ok"
