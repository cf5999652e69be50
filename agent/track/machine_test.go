package track

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hactl/agent/node"
	"hactl/agent/transcript"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite testdata/track/*.txt")

// TestTranscripts runs testdata/track/*.txt. The directives:
//
//	check interval=D fall=N rise=N initial=unknown|up|down [known=up|down] [first=D]
//	up [D]      the next run succeeds, after D
//	down [D]    it fails
//	hurry D     the kernel says something D after the last run
func TestTranscripts(t *testing.T) {
	transcript.Run(t, "../../testdata/track/*.txt", *update, func(t *testing.T) transcript.Player { return &script{t: t} })
}

// script is the state of one transcript.
type script struct {
	t       *testing.T
	block   strings.Builder
	machine *Machine
	now     vrrp.Instant
}

// Output returns the runs, and when the next one is due.
func (s *script) Output() string {
	defer s.block.Reset()
	return fmt.Sprintf("%snext run at %v\n", s.block.String(), s.machine.Deadline())
}

// Directive carries out one line.
func (s *script) Directive(line string) {
	words := strings.Fields(line)
	switch words[0] {
	case "check":
		s.check(words[1:])
	case "up", "down":
		s.now = s.machine.Deadline()
		s.machine.Begin(s.now)
		begun := s.now
		if len(words) > 1 {
			s.now = s.now.Add(s.duration(words[1]))
		}
		changed := s.machine.End(s.now, words[0] == "up")
		fmt.Fprintf(&s.block, "%v run until %v: %s, so %v", begun, s.now, words[0], s.machine.Health())
		if changed {
			s.block.WriteString(" now")
		}
		fmt.Fprintf(&s.block, " (%d against)\n", s.machine.Streak())
	case "hurry":
		s.now = s.now.Add(s.duration(words[1]))
		s.machine.Hurry(s.now)
	default:
		s.t.Fatalf("unknown directive %q", line)
	}
}

// check begins with another check.
func (s *script) check(words []string) {
	c := plan.Check{Fall: 1, Rise: 1, Initial: plan.Unknown}
	known, first := node.Unknown, time.Second
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "interval":
			c.Interval = int(s.duration(value) / time.Millisecond)
		case "fall":
			c.Fall = s.number(value)
		case "rise":
			c.Rise = s.number(value)
		case "initial":
			c.Initial = plan.Initial(value)
			known = map[string]node.Health{"up": node.Up, "down": node.Down}[value]
		case "known":
			known = map[string]node.Health{"up": node.Up, "down": node.Down}[value]
		case "first":
			first = s.duration(value)
		default:
			s.t.Fatalf("unknown key %q", key)
		}
	}
	s.machine = NewMachine(c, known, vrrp.Instant(first))
}

func (s *script) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *script) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// Two runs at once are a mistake of ours.
func TestOneRunAtATime(t *testing.T) {
	m := NewMachine(plan.Check{Interval: 1000, Fall: 1, Rise: 1}, node.Up, 1)
	m.Begin(1)
	m.Hurry(5)
	if m.Deadline() != vrrp.Never {
		t.Errorf("hurried into a second run at %v", m.Deadline())
	}
	defer func() {
		if text, _ := recover().(string); !strings.HasPrefix(text, "track: ") {
			t.Errorf("panic with %q", text)
		}
	}()
	m.Begin(2)
}

// Whatever the results are: it is what the last results that were enough in a row
// say, and runs keep their interval.
func TestRiseAndFall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := plan.Check{
			Interval: 1000, Fall: rapid.IntRange(1, 4).Draw(t, "fall"), Rise: rapid.IntRange(1, 4).Draw(t, "rise"),
			Initial: rapid.SampledFrom([]plan.Initial{plan.Unknown, plan.Up, plan.Down}).Draw(t, "initial"),
		}
		m := NewMachine(c, initially(c), 1)
		results := rapid.SliceOfN(rapid.Bool(), 1, 30).Draw(t, "results")
		for i, ok := range results {
			now := vrrp.Instant(1).Add(time.Duration(i) * time.Second)
			if m.Deadline() != now {
				t.Fatalf("run %d is due at %v, want %v", i, m.Deadline(), now)
			}
			before := m.Health()
			m.Begin(now)
			changed := m.End(now.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "took"))*time.Millisecond), ok)
			if want := said(c, results[:i+1]); m.Health() != want || changed != (before != want) {
				t.Fatalf("after %v: %v, changed %v; want %v", results[:i+1], m.Health(), changed, want)
			}
		}
	})
}

// initially is what a check is before its first result.
func initially(c plan.Check) node.Health {
	return map[plan.Initial]node.Health{plan.Up: node.Up, plan.Down: node.Down}[c.Initial]
}

// said is what results say of a check.
func said(c plan.Check, results []bool) node.Health {
	for end := len(results); end > 0; end-- {
		last := results[end-1]
		enough := map[bool]int{true: c.Rise, false: c.Fall}[last]
		if end == 1 && c.Initial == plan.Unknown {
			enough = 1
		}
		if end >= enough && !slices.Contains(results[end-enough:end], !last) {
			return map[bool]node.Health{true: node.Up, false: node.Down}[last]
		}
	}
	return initially(c)
}
