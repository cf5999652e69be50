package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"
)

// planFileFormat is the version of the file that plan --out writes.
const planFileFormat = 1

// planFile is a saved proposal: all that apply needs, and the state it was made
// against, so that a stale one is refused.
type planFile struct {
	Format int            `json:"format"` // always planFileFormat when written
	Store  string         `json:"store"`  // as the plan verb was told, or the configuration says
	Hosts  []planFileHost `json:"hosts"`  // sorted by name
	Notes  []string       `json:"notes,omitempty"`
}

type planFileHost struct {
	Host     string          `json:"host"`
	SSH      string          `json:"ssh,omitempty"` // destination, empty: the host's name
	Against  string          `json:"against"`       // hash of the present plan, "none", "damaged" or "unknown"
	Retired  bool            `json:"retired,omitempty"`
	Document json.RawMessage `json:"document"` // the plan to publish
}

// newPlanFile returns p, which is for targets, as it is saved. The documents of p
// are valid.
func newPlanFile(targets []store.Target, p proposal) *planFile {
	ssh := map[string]string{}
	for _, t := range targets {
		ssh[t.Host] = t.SSH
	}
	f := &planFile{Format: planFileFormat, Store: p.Store, Notes: p.Notes}
	for _, h := range p.Hosts {
		data, err := plan.Encode(&h.Next.Plan, h.Next.Envelope)
		if err != nil {
			panic("hactl: compiled plan does not encode: " + err.Error())
		}
		f.Hosts = append(f.Hosts, planFileHost{Host: h.Host, SSH: ssh[h.Host], Against: h.State(), Retired: h.Retired, Document: data})
	}
	return f
}

// save writes f to path, for its owner's eyes only: plans may hold secrets. The
// file is there whole or not at all.
func (f planFile) save(path string) error {
	var b bytes.Buffer
	if err := terminal.PrintJSON(&b, f); err != nil {
		return fmt.Errorf("save plan: %w", err)
	}
	if err := replaceFile(path, b.Bytes(), nil); err != nil {
		return fmt.Errorf("save plan: %w", err)
	}
	return nil
}

// loadPlanFile reads what save wrote.
func loadPlanFile(path string) (*planFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read saved plan: %w", err)
	}
	var f planFile
	if err := json.Unmarshal(data, &f); err != nil || f.Format == 0 {
		return nil, fmt.Errorf("read saved plan %s: it is not a file that \"hactl plan --out\" wrote; name the configuration's folder, or such a file", path)
	}
	if f.Format > planFileFormat {
		return nil, fmt.Errorf("read saved plan %s: format %d, and this hactl reads %d; use the hactl that wrote it, or plan again", path, f.Format, planFileFormat)
	}
	return &f, nil
}

// propose makes the proposal that f was saved from, against what the store has
// now.
func (f planFile) propose(ctx context.Context) (proposal, store.Store, error) {
	p := proposal{Store: f.Store, Notes: f.Notes}
	var targets []store.Target
	for _, h := range f.Hosts {
		d, err := plan.Decode(h.Document)
		if err != nil {
			return p, nil, fmt.Errorf("read saved plan: host %s: %w", h.Host, err)
		}
		p.Hosts = append(p.Hosts, proposed{Known: fleet.Known{Host: h.Host}, Retired: h.Retired, Next: d})
		targets = append(targets, store.Target{Host: h.Host, SSH: h.SSH})
	}
	s, err := store.Open(f.Store, targets)
	if err != nil {
		return p, nil, err
	}
	surveyHosts(ctx, s, p.Hosts)
	if err := f.stale(p); err != nil {
		s.Close()
		return p, nil, err
	}
	return p, s, nil
}

// between tells whether the host has a plan of a change-over from the state was to
// its next plan: but for what it takes beside what it sends, one of the two.
func (h proposed) between(was string) bool {
	if h.Stored == nil {
		return false
	}
	plain := h.Stored.Plan.Plain().Hash()
	return plain == was || plain == h.Next.Hash
}

// stale says why p, made of f's plans and the present state, is not what f was
// shown as; nil when it is. A host that has its new plan already, or is on the way to
// it, is as it was meant to be: an apply was interrupted.
func (f planFile) stale(p proposal) error {
	against := map[string]string{}
	for _, h := range f.Hosts {
		against[h.Host] = h.Against
	}
	var moved []string
	for _, h := range p.Hosts {
		was, is := against[h.Host], h.State()
		switch {
		case is == h.Next.Hash || is == was && is != fleet.StateUnknown || h.between(was):
		case was == fleet.StateUnknown:
			moved = append(moved, h.Host+" could not be read when the plan was made")
		default:
			moved = append(moved, fmt.Sprintf("%s had %s, and has %s", h.Host, fleet.Short(was), fleet.Short(is)))
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return fmt.Errorf("the saved plan is stale: %s. Make it again with \"hactl plan --out\"", strings.Join(moved, "; "))
}
