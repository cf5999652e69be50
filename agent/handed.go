package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"hactl/agent/node"
	"hactl/agent/notify"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// handedFormat is raised when whoever ignores what is new would go on wrongly. A
// new field whose absence is harmless needs no new format.
const handedFormat = 1

// Handed is what one build of this program hands to the next, which goes on in the
// same process. It is complete but for what is on the host anyway: links,
// addresses, files.
type Handed struct {
	Version string        // of the build that hands over
	Clock   time.Duration // what the clock of instants said at instant 0
	Left    vrrp.Instant  // when the loop stopped
	Asked   time.Time     // for the hand-over
	Boot    string        `json:",omitempty"` // of the machine, for another process; empty: it is this one

	Host    string // of the plan; empty when none is followed
	Loaded  time.Time
	Secrets map[string]string `json:",omitempty"`
	Intents status.Intents
	Node    *node.Saved

	Checks  []status.Check               `json:",omitempty"`
	Hooks   map[string][]status.Hook     `json:",omitempty"` // as of hooks.lines
	Orders  map[string]map[string]uint64 `json:",omitempty"` // to upgrade that have ended, by upgrade and verdict
	Stream  notify.SavedStream
	Vips    map[string]notify.SavedVip `json:",omitempty"`
	Targets map[string]notify.Saved    `json:",omitempty"`

	Listeners map[string]int `json:",omitempty"` // descriptors, by what listens
	Sockets   []handedSocket `json:",omitempty"`

	doc  *plan.Document // nil when none is followed
	text []byte         // of doc
}

// handedSocket is an open socket and its descriptor.
type handedSocket struct {
	Socket     node.Socket
	Descriptor int
}

// encode returns h as one line with the format and a checksum, JSON, and the plan as
// it is in the store.
func (h *Handed) encode() []byte {
	body, err := json.Marshal(h)
	if err != nil {
		panic("agent: what is handed over does not encode: " + err.Error())
	}
	body = append(append(body, '\n'), h.text...)
	return append(fmt.Appendf(nil, "hactl hand-over %d %08x\n", handedFormat, crc32.ChecksumIEEE(body)), body...)
}

// DecodeHanded reads what another build has handed over. An error says why this
// one cannot go on with it.
func DecodeHanded(data []byte) (*Handed, error) {
	head, body, _ := bytes.Cut(data, []byte("\n"))
	var format int
	var sum uint32
	if _, err := fmt.Sscanf(string(head[:min(len(head), 64)]), "hactl hand-over %d %x", &format, &sum); err != nil {
		return nil, errors.New("read the hand-over: it is none")
	}
	if format != handedFormat {
		return nil, fmt.Errorf("read the hand-over: it has format %d, and this hactl reads format %d", format, handedFormat)
	}
	if crc32.ChecksumIEEE(body) != sum {
		return nil, errors.New("read the hand-over: it is damaged")
	}
	h := new(Handed)
	state, text, _ := bytes.Cut(body, []byte("\n"))
	if err := json.Unmarshal(state, h); err != nil {
		return nil, fmt.Errorf("read the hand-over: %w", err)
	}
	if h.Node == nil || h.Left <= 0 || h.Clock < 0 {
		return nil, errors.New("read the hand-over: it lacks what every one has")
	}
	if h.Host == "" {
		return h, nil
	}
	h.text = text
	var err error
	if h.doc, err = decode(text, h.Host); err != nil {
		return nil, fmt.Errorf("read the plan that is handed over: %w", err)
	}
	return h, nil
}

// Rehearse goes on with h as the agent would, without touching anything, and says
// which router would not go on.
func (h *Handed) Rehearse() error {
	if h.doc == nil {
		return nil
	}
	n := node.New()
	n.Step(h.Left, node.Plan{Plan: &h.doc.Plan, Secrets: h.Secrets})
	n.Step(h.Left, node.Resume{Saved: h.Node})
	now := n.Save()
	for id, r := range h.Node.Routers {
		if r.Machine != nil && now.Routers[id].Machine == nil {
			return fmt.Errorf("router %s would not go on", id)
		}
	}
	return nil
}
