package upgrade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"hactl/schemas/plan"
)

// Record is what outlives the process that carries out an upgrade: with it, and what
// it sees, another one goes on. It says what may have been done, never what has.
type Record struct {
	Upgrade plan.Upgrade `json:"upgrade"` // as it was asked for, whatever the plan says by now
	Stage   Stage        `json:"stage"`   // whose effects may have been carried out, all, some or none

	// Old is what ran before, New what is to run; their Source is where their file
	// lies when the other one is at the binary's path. In reverse they are swapped.
	Old     plan.Build `json:"old,omitzero"`
	New     plan.Build `json:"new,omitzero"`
	Reverse bool       `json:"reverse,omitempty"` // the old master is gone: the release that ran before is brought back as if it were new

	Master    Process `json:"master,omitzero"`    // that ran Old when it began
	Successor Process `json:"successor,omitzero"` // that runs New; zero until it does as it should
	Cause     string  `json:"cause,omitempty"`    // why it goes back, in words; empty: it does not
}

// format is the number of the form in which records are written. It is raised when
// a program that knows the form before would go on wrongly.
const format = 1

// written is a record in a file.
type written struct {
	Format int `json:"format"`
	Record
}

// Encode returns the record as a file has it.
func (r Record) Encode() []byte {
	data, err := json.MarshalIndent(written{format, r}, "", "  ")
	if err != nil {
		panic("upgrade: encode a record: " + err.Error())
	}
	return append(data, '\n')
}

// DecodeRecord reads what Encode wrote. What no machine writes is refused: nobody
// signals a process or renames a file for it.
func DecodeRecord(data []byte) (Record, error) {
	var head struct{ Format int }
	if err := json.Unmarshal(data, &head); err != nil {
		return Record{}, fmt.Errorf("decode the record of an upgrade: %w", err)
	}
	if head.Format != format {
		return Record{}, fmt.Errorf("decode the record of an upgrade: it has format %d, and this program knows %d", head.Format, format)
	}
	var w written
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(&w)
	if err == nil && d.Decode(&struct{}{}) != io.EOF {
		err = errors.New("something follows it")
	}
	if err == nil {
		err = w.Record.credible()
	}
	if err != nil {
		return Record{}, fmt.Errorf("decode the record of an upgrade: %w", err)
	}
	return w.Record, nil
}

// credible says what is wrong with a record that no machine saves.
func (r Record) credible() error {
	n := r.Upgrade.Nginx
	switch {
	case n == nil || r.Upgrade.HAProxy != nil || r.Upgrade.Exec != nil:
		return errors.New("it is not of nginx")
	case r.Stage < Backup:
		return errors.New("nothing is recorded before there is something to undo")
	case !filepath.IsAbs(n.Binary), !filepath.IsAbs(n.PIDFile), !filepath.IsAbs(r.Old.Source), !filepath.IsAbs(r.New.Source):
		return errors.New("a path is missing, or not absolute")
	case n.WorkerTimeout < 1 || n.WorkerTimeout > plan.Longest || r.Upgrade.Verify.Soak < 0 || r.Upgrade.Verify.Soak > plan.Longest:
		return errors.New("a time is out of range")
	case !hash(r.Old.SHA256), !hash(r.New.SHA256), r.Old.SHA256 == r.New.SHA256:
		return errors.New("the two builds are not told apart by their hashes")
	case r.Master.PID < 1 || r.Successor.PID < 0:
		return errors.New("a process number is missing")
	case (r.Stage.back() || r.Reverse) != (r.Cause != ""):
		return errors.New("the way back and its cause go together")
	}
	return nil
}

// hash reports whether text is a SHA-256 as plans have them.
func hash(text string) bool {
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(text) == 64
}
