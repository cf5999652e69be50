package notify

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"hactl/agent/transcript"
	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite testdata/notify/*.txt")

// TestQueues runs testdata/notify/*.txt. The directives:
//
//	target [most=N] [gather=D] [limit=N]
//	tell VIP EVENT [unwanted]
//	delivered | refused | failed [after=D]       what became of the delivery
//	close
//	advance D                                    and let deadlines pass
//	count
func TestQueues(t *testing.T) {
	transcript.Run(t, "../../testdata/notify/*.txt", *update, func(t *testing.T) transcript.Player { return &player{t: t} })
}

// player is the state of one transcript.
type player struct {
	t        *testing.T
	block    strings.Builder
	queue    *Queue
	now      vrrp.Instant
	deadline vrrp.Instant
}

// Output returns what the queue did.
func (p *player) Output() string {
	defer p.block.Reset()
	return p.block.String()
}

// Directive carries out one line.
func (p *player) Directive(line string) {
	words := strings.Fields(line)
	keys := map[string]string{}
	for _, w := range words[1:] {
		k, v, _ := strings.Cut(w, "=")
		keys[k] = v
	}
	_, unwanted := keys["unwanted"]
	switch words[0] {
	case "target":
		p.queue = NewQueue(Rules{Most: p.number(keys, "most", 1), Gather: p.duration(keys["gather"]), Limit: p.number(keys, "limit", 8)})
	case "tell":
		e := event.Event{Vip: words[1], Event: plan.Event(words[2])}
		if e.Event == plan.OnConflict {
			e.Conflict = &event.Conflict{}
		}
		p.step(Told{Event: e, Wanted: !unwanted})
	case "delivered":
		p.step(Done{})
	case "refused":
		p.step(Done{Failed: true})
	case "failed":
		p.step(Done{Failed: true, Again: true, After: p.duration(keys["after"])})
	case "close":
		p.step(Close{})
	case "advance":
		p.advance(p.duration(words[1]))
	case "count":
		c := p.queue.Count()
		fmt.Fprintf(&p.block, "%-10sdelivered %d, failed %d, dropped %d, waiting %d\n", p.now, c.Delivered, c.Failed, c.Dropped, p.queue.Waiting())
	default:
		p.t.Fatalf("unknown directive %q", line)
	}
}

// advance lets d pass, and fires deadlines at their instants.
func (p *player) advance(d time.Duration) {
	end := p.now.Add(d)
	for p.deadline != vrrp.Never && p.deadline <= end {
		p.now = max(p.now, p.deadline)
		p.step(Timeout{})
	}
	p.now = end
}

// step tells the queue one input and writes what it does.
func (p *player) step(in Input) {
	res := p.queue.Step(p.now, in)
	p.deadline = res.Deadline
	switch {
	case res.Deliver != nil:
		fmt.Fprintf(&p.block, "%-10sdeliver", p.now)
		for _, e := range res.Deliver.Events {
			fmt.Fprintf(&p.block, " %s=%s", e.Vip, e.Event)
		}
		if res.Deliver.Missed > 0 {
			fmt.Fprintf(&p.block, " (%d missed)", res.Deliver.Missed)
		}
		p.block.WriteString("\n")
	case res.Deadline != vrrp.Never:
		fmt.Fprintf(&p.block, "%-10swait until %v\n", p.now, res.Deadline)
	}
}

func (p *player) number(keys map[string]string, key string, absent int) int {
	if keys[key] == "" {
		return absent
	}
	n, err := strconv.Atoi(keys[key])
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *player) duration(text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}
