// Package vector reads the vectors of blkring (docs/testing.md).
package vector

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Line has the values of a line by key, and under "kind" what it is of.
type Line map[string]string

// Number is the value of a key; a status of -1 is the uint64 of the same bits.
func (l Line) Number(key string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(l[key], "-"), 10, 64)
	if strings.HasPrefix(l[key], "-") {
		return -n
	}
	return n
}

// Vector has the bytes of all ring pages, and those of each page by its reference.
type Vector struct {
	Ring  []byte
	Pages map[uint64][]byte
	Lines []Line
}

// Read reads a file.
func Read(path string) (*Vector, error) {
	text, err := os.ReadFile(path)
	v := &Vector{Pages: map[uint64][]byte{}}
	for _, text := range strings.Split(string(text), "\n") {
		l := Line{}
		for i, word := range strings.Fields(text) {
			if key, value, ok := strings.Cut(word, "="); ok {
				l[key] = value
			} else if i == 0 {
				l["kind"] = word
			}
		}
		run, _ := hex.DecodeString(l["hex"])
		if l["kind"] == "vector" && l["version"] == "1" {
			v.Ring = make([]byte, 4096*l.Number("ring_pages"))
		}
		if l["kind"] == "ring" {
			copy(v.Ring[l.Number("at"):], run)
		} else if gref := l.Number("gref"); l["kind"] == "page" {
			v.Pages[gref] = append(v.Pages[gref], make([]byte, 4096-len(v.Pages[gref]))...)
			copy(v.Pages[gref][l.Number("at"):], run)
		} else if len(l) > 1 && l["kind"] != "#" {
			v.Lines = append(v.Lines, l)
		}
	}
	if err == nil && len(v.Ring) == 0 {
		err = fmt.Errorf("%s: no vector of version 1", path)
	}
	return v, err
}
