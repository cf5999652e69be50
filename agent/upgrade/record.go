package upgrade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

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

	Former  []Process `json:"former,omitempty"`  // the workers that were there before a master was signalled
	Listens []string  `json:"listens,omitempty"` // the addresses that they listened on when it began, where they have the sockets

	Spare string `json:"spare,omitempty"` // backup of the upgrade before, which goes at the commit; empty: there is none
}

// OneWay reports whether it goes back by an order by the user's own commands, which have
// no way back from that: breaking them off would help nobody.
func (r Record) OneWay() bool { return r.Upgrade.Exec != nil && r.New.Source == "" }

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
	err := decodeWhole(data, &w)
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
	u := r.Upgrade
	w := wayOf(u)
	switch {
	case w == nil || several(u.Nginx != nil, u.HAProxy != nil, u.Exec != nil):
		return errors.New("it is of no strategy, or of several")
	case r.Stage < firstOf(w, u):
		return errors.New("nothing is recorded before there is something to undo")
	case w.stages[r.Stage] == nil:
		return fmt.Errorf("%s has no stage %s", u.Strategy(), r.Stage)
	case !w.paths(r):
		return errors.New("a path is missing, or not absolute")
	case !w.times(u) || u.Verify.Soak < 0 || u.Verify.Soak > plan.Longest || u.DrainTimeout < 0 || u.DrainTimeout > plan.Longest:
		return errors.New("a time is out of range")
	case !hash(r.Old.SHA256), !hash(r.New.SHA256), r.Old.SHA256 == r.New.SHA256:
		return errors.New("the two builds are not told apart by their hashes")
	case w.successor != nil && r.Master.PID < 1 || r.Successor.PID < 0:
		return errors.New("a process number is missing")
	case r.Spare != "" && !kept(r.Spare):
		return errors.New("what it would remove is no backup")
	case (r.Stage.back() || r.Reverse) != (r.Cause != ""):
		return errors.New("the way back and its cause go together")
	case r.Reverse && w.successor == nil:
		return errors.New("a command has no reverse")
	}
	return nil
}

// several reports whether more than one holds.
func several(facts ...bool) bool {
	n := 0
	for _, holds := range facts {
		if holds {
			n++
		}
	}
	return n > 1
}

// paths reports whether all files of a record have absolute paths.
func (w *way) paths(r Record) bool {
	paths := []string{r.Upgrade.File(), r.New.Source, r.Old.Source, r.Upgrade.PIDFile()}
	if x := r.Upgrade.Exec; x != nil {
		if len(x.Apply) == 0 || len(x.Rollback) == 0 {
			return false
		}
		paths = []string{x.Binary, x.Apply[0], x.Rollback[0]}
		if r.New.Source != "" {
			paths = append(paths, r.New.Source)
		}
		paths = append(paths, x.Verify[:min(1, len(x.Verify))]...)
	}
	return !slices.ContainsFunc(paths, func(path string) bool { return !filepath.IsAbs(path) })
}

// times reports whether an upgrade's times are those of a plan.
func (w *way) times(u plan.Upgrade) bool {
	t := u.WorkerTimeout()
	if u.Exec != nil {
		t = u.Exec.Timeout
	}
	return t >= 1 && t <= plan.Longest
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

// decodeWhole decodes one value of JSON into v: without a field that v does not have,
// and with nothing behind it.
func decodeWhole(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.Decode(&struct{}{}) != io.EOF {
		return errors.New("something follows it")
	}
	return nil
}
