(* Reads the vectors of blkring (docs/testing.md). *)

type line = { kind : string; fields : (string * string) list }

(* ring: bytes of all ring pages; pages: bytes of a page by its reference *)
type t = { ring : Bytes.t; pages : (int, Bytes.t) Hashtbl.t; lines : line list }

(* The number of a key: ids and sectors are unsigned 64-bit integers, and 18446744073709551615 is -1L. *)
let number line key =
  let text = List.assoc key line.fields in
  Int64.of_string (if text.[0] = '-' then text else "0u" ^ text)

let int line key = Int64.to_int (number line key)

let line_of text =
  let pair word = match String.index_opt word '=' with
    | Some i -> (String.sub word 0 i, String.sub word (i + 1) (String.length word - i - 1))
    | None -> failwith ("no key=value: " ^ word) in
  match String.split_on_char ' ' text with
  | kind :: words -> { kind; fields = List.map pair words }
  | [] -> failwith "an empty line"

let lay line into =
  let hex = List.assoc "hex" line.fields in
  for i = 0 to (String.length hex / 2) - 1 do
    Bytes.set_uint8 into (int line "at" + i) (int_of_string ("0x" ^ String.sub hex (2 * i) 2))
  done

let read path =
  let file = open_in path in
  let rec texts found = match input_line file with
    | text -> texts (if text.[0] = '#' then found else line_of text :: found)
    | exception End_of_file -> close_in file; List.rev found in
  let bytes, lines = List.partition (fun l -> l.kind = "ring" || l.kind = "page") (texts []) in
  let head = List.hd lines in
  if head.kind <> "vector" || int head "version" <> 1 then failwith (path ^ ": no vector of version 1");
  let v = { ring = Bytes.make (4096 * int head "ring_pages") '\000'; pages = Hashtbl.create 8; lines } in
  let page gref =
    if not (Hashtbl.mem v.pages gref) then Hashtbl.add v.pages gref (Bytes.make 4096 '\000');
    Hashtbl.find v.pages gref in
  List.iter (fun l -> lay l (if l.kind = "ring" then v.ring else page (int l "gref"))) bytes;
  v
