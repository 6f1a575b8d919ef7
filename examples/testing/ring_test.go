package driver

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"driver/vector"
)

var le = binary.LittleEndian

func myRing() []byte { // the driver under test: a write of one page at sector 8
	ring := make([]byte, 4096)
	le.PutUint32(ring[0:], 1)  // req_prod
	le.PutUint32(ring[4:], 1)  // req_event
	le.PutUint32(ring[12:], 1) // rsp_event
	req := ring[64:]
	req[0], req[1] = 1, 1 // BLKIF_OP_WRITE, one segment
	le.PutUint16(req[2:], 51712)
	le.PutUint64(req[16:], 8)
	le.PutUint32(req[24:], 9)
	req[29] = 7 // last_sect
	return ring
}

// Exit codes: 0 clean, 1 findings or differences, 2 could not do it.
func blkring(t *testing.T, args ...string) (int, string) {
	out, err := exec.Command("blkring", args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return 1, string(out)
	} else if err != nil {
		t.Fatal(args, err)
	}
	return 0, string(out)
}

func file(t *testing.T, ring []byte) string {
	name := filepath.Join(t.TempDir(), "ring.bin")
	if err := os.WriteFile(name, ring, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAsksWhatLinuxAsks(t *testing.T) {
	if code, differences := blkring(t, "diff", "--level", "io", "linux.yaml", file(t, myRing())); code != 0 {
		t.Error(differences)
	}
}

func TestRules(t *testing.T) {
	if code, findings := blkring(t, "check", file(t, myRing())); code != 0 {
		t.Error(findings)
	}
	spoiled := myRing()
	spoiled[64+29] = 8 // last_sect: a page ends at 7
	code, text := blkring(t, "check", "--json", file(t, spoiled))
	var report struct {
		Rings []struct{ Findings []struct{ Rule string } }
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil || code != 1 || report.Rings[0].Findings[0].Rule != "segment-range" {
		t.Error(code, err, text)
	}
}

func TestVectors(t *testing.T) { // and the decoder under test
	files, _ := filepath.Glob("vectors/*.txt")
	if len(files) < 20 {
		t.Fatal(files)
	}
	for _, name := range files {
		v, err := vector.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		id := uint64(8)
		if v.Lines[0]["abi"] == "x86_32" {
			id = 4
		}
		for _, l := range v.Lines {
			if !strings.HasPrefix(l["kind"], "blkif_request") {
				continue
			}
			req := v.Ring[64+l.Number("slot")*v.Lines[0].Number("slot_size"):]
			if uint64(req[0]) != l.Number("operation") || le.Uint64(req[id:]) != l.Number("id") || le.Uint64(req[id+8:]) != l.Number("sector_number") {
				t.Error(name, l)
			}
		}
	}
}
