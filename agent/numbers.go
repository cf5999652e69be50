package agent

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"hactl/agent/node"
	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// numbers sees to it that no sequence number of a signed advert is spent twice,
// whatever the wall clock does and however the agent ends: neighbours would take
// the advert for a replay. What may be spent soon is written down ahead, and an
// agent that starts goes on behind it. Only the loop calls its methods, but for
// write.
type numbers struct {
	agent *Agent
	host  string               // whose mark it is; empty while nothing is signed
	epoch time.Time            // what the node thinks that the wall clock said at instant 0
	mark  packet.Sequence      // up to which numbers may be spent
	marks chan packet.Sequence // to be written down
}

// newNumbers returns numbers of which none is reserved.
func newNumbers(a *Agent) *numbers { return &numbers{agent: a, marks: make(chan packet.Sequence, 1)} }

// slack is how much the node's clock may differ from the wall clock. A clock that
// is slewed stays within it for minutes, one that is set is told at once.
const slack = 100 * time.Millisecond

// clock returns what the node is to be told of the wall clock, and whether it is.
func (n *numbers) clock(now vrrp.Instant) (node.Clock, bool) {
	epoch := n.wall(now)
	if epoch.Sub(n.epoch).Abs() < slack {
		return node.Clock{}, false
	}
	n.epoch = epoch
	return node.Clock{Epoch: epoch}, true
}

// wall returns what the wall clock says now that it said at instant 0.
func (n *numbers) wall(now vrrp.Instant) time.Time {
	return time.Now().Round(0).Add(-time.Duration(now)) // without the monotonic clock
}

// begin makes a plan's first signed advert come behind those from before the
// agent's start. What cannot be read or written down is done without: an unsigned
// vip would be worse.
func (n *numbers) begin(p *plan.Plan) {
	signs := func(r plan.Router) bool { return r.Auth != nil && r.Auth.Type == plan.AuthHMAC }
	if n.host != "" || !slices.ContainsFunc(p.Routers, signs) {
		return
	}
	n.host = p.Host
	before, err := n.agent.store.Sequence(n.host)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		n.agent.cfg.Log.Warn("cannot read which sequence numbers are spent; the clock decides", "error", err)
	}
	clock := packet.SequenceAt(time.Now())
	first := packet.Sequence(before).Next(clock)
	n.mark = first.Reserve(clock, first)
	n.save(n.mark)
	n.epoch = n.wall(n.agent.clock.now())
	n.agent.step(node.Clock{Epoch: n.epoch, Spent: first})
}

// reserve has a mark written down when few numbers are left before it. Adverts do
// not wait for that.
func (n *numbers) reserve() {
	last := n.agent.node.Sequence()
	if n.host == "" || last == 0 {
		return
	}
	mark := last.Reserve(packet.SequenceAt(time.Now()), n.mark)
	if mark == n.mark {
		return
	}
	n.mark = mark
	select {
	case <-n.marks: // only the newest counts
	default:
	}
	n.marks <- mark
}

// write writes marks down until ctx ends.
func (n *numbers) write(ctx context.Context) {
	for {
		select {
		case mark := <-n.marks:
			n.save(mark)
		case <-ctx.Done():
			return
		}
	}
}

// save writes one mark down.
func (n *numbers) save(mark packet.Sequence) {
	if err := n.agent.store.SaveSequence(n.host, uint64(mark)); err != nil {
		n.agent.cfg.Log.Warn("cannot write down which sequence numbers are spent", "error", err)
	}
}
