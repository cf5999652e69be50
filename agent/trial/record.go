package trial

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Record is what is known of the last plan that was on trial. It outlives the agent.
// Nobody changes one that Step has returned.
type Record struct {
	State string     `json:"state"` // status.OnTrial, Confirmed or Returned
	Trial plan.Trial `json:"trial"`
	By    string     `json:"by,omitempty"` // who applied it
	Plan  string     `json:"plan"`         // hash of the plan; of several steps of the change, the last one

	// Until is how long after Boot began the host goes back.
	Boot  string        `json:"boot,omitempty"`
	Until time.Duration `json:"until_ns"`

	Ended intent.Mark `json:"ended,omitzero"` // by whom it was confirmed and when, or when the host went back
	Why   string      `json:"why,omitempty"`  // it goes back or has; empty: nobody has confirmed it in time

	Before *plan.Document `json:"-"` // that the host goes back to; nil exactly when the plan is confirmed
}

// format is raised when whoever ignores what is new would go on wrongly.
const format = 1

// Encode returns the record as a file has it: a line with the format and a checksum,
// one of JSON, and the plan before as it is in the store.
func (r *Record) Encode() ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		panic("trial: own record does not encode: " + err.Error())
	}
	body = append(body, '\n')
	if r.Before != nil {
		text, err := plan.Encode(&r.Before.Plan, r.Before.Envelope)
		if err != nil {
			return nil, fmt.Errorf("encode the record of a trial: %w", err)
		}
		body = append(body, text...)
	}
	return append(fmt.Appendf(nil, "hactl trial %d %08x\n", format, crc32.ChecksumIEEE(body)), body...), nil
}

// Decode reads what Encode wrote for host, and refuses what no machine saves.
func Decode(data []byte, host string) (*Record, error) {
	r, err := decode(data, host)
	if err != nil {
		return nil, fmt.Errorf("decode the record of a trial: %w", err)
	}
	return r, nil
}

func decode(data []byte, host string) (*Record, error) {
	head, body, _ := bytes.Cut(data, []byte("\n"))
	var is int
	var sum uint32
	if _, err := fmt.Sscanf(string(head[:min(len(head), 64)]), "hactl trial %d %x", &is, &sum); err != nil {
		return nil, errors.New("it is none")
	}
	if is != format {
		return nil, fmt.Errorf("it has format %d, and this hactl reads format %d", is, format)
	}
	if crc32.ChecksumIEEE(body) != sum {
		return nil, errors.New("it is damaged")
	}
	line, text, _ := bytes.Cut(body, []byte("\n"))
	r := new(Record)
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return nil, err
	}
	if len(text) > 0 {
		before, err := plan.Decode(text)
		if err != nil {
			return nil, err
		}
		r.Before = before
	}
	return r, r.credible(host)
}

// credible says what is wrong with a record that no machine saves.
func (r *Record) credible(host string) error {
	switch {
	case r.State != status.OnTrial && r.State != status.Confirmed && r.State != status.Returned:
		return fmt.Errorf("state %q", r.State)
	case (r.Before == nil) != (r.State == status.Confirmed):
		return errors.New("the plan to go back to is missing, or of no use")
	case r.Before != nil && r.Before.Plan.Host != host:
		return fmt.Errorf("it is of host %q, not of %q", r.Before.Plan.Host, host)
	case r.Before.OnTrial() != nil:
		return errors.New("the plan to go back to is on trial itself")
	case r.Plan == "" || r.Until < 0:
		return errors.New("it lacks what every one has")
	}
	return r.Trial.Validate()
}
