package node

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"hactl/schemas/plan"
)

// TestEffects writes down who has the address of two hosts, lb0 preferred, under
// every effect and every preemption, for every course that their checks can
// take: who takes it after how long, and for how long it is on nobody.
func TestEffects(t *testing.T) {
	const name = "../../testdata/sim/effects.txt"
	var b strings.Builder
	b.WriteString("# Two hosts, priorities 254 and 244, adverts each second. \"go test -update\" rewrites this.\n")
	for _, c := range []struct {
		effect plan.Effect
		cost   int
		what   string
	}{
		{plan.Demote, 20, "demote"},
		{plan.Fault, 0, "fault"},
		{plan.Weigh, 20, "weight -20"},
		{plan.Weigh, 5, "weight -5, too little to move it"},
	} {
		for _, mode := range []plan.Mode{plan.Always, plan.Delayed, plan.Never} {
			fmt.Fprintf(&b, "\n%s, preemption %s\n", c.what, mode)
			l := &lan{mode: mode, checks: 1, vips: 1, delay: 300 * time.Microsecond}
			l.join(0, 254, c.effect, c.cost)
			l.join(1, 244, c.effect, c.cost)
			l.course(&b)
		}
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Error(udiff.Unified(name, "now", string(want), b.String()))
	}
}

// course lets the check of each host fail and recover alone and while the other's
// has failed.
func (l *lan) course(b *strings.Builder) {
	l.tell(b, "start", func() {})
	for _, i := range []int{0, 1, 0, 1, 1, 0, 1, 0} {
		word := map[bool]string{false: "fails", true: "recovers"}[l.hosts[i].failed[0]]
		l.tell(b, fmt.Sprintf("lb%d %s", i, word), func() { l.turn(i, 0) })
	}
}

// tell writes what follows from an event until all is settled.
func (l *lan) tell(b *strings.Builder, event string, happen func()) {
	was, before, gap := l.holder(), l.now, l.gap
	happen()
	took, last := time.Duration(0), was
	for l.now < before.Add(settled) {
		l.run(5 * time.Millisecond)
		if is := l.holder(); is != last {
			took, last = l.now.Sub(before), is
		}
	}
	what := "stays"
	if last != was {
		what = fmt.Sprintf("after %v", took)
	}
	if g := l.gap - gap; g > 0 && last != "nobody" {
		what += fmt.Sprintf(", on nobody for %v", g.Round(time.Millisecond))
	}
	fmt.Fprintf(b, "  %-13s %-7s %s\n", event, last, what)
}

// holder names the hosts that have the address.
func (l *lan) holder() string {
	var names []string
	for i, h := range l.hosts {
		if h.holds(0) {
			names = append(names, fmt.Sprint("lb", i))
		}
	}
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, " and ")
}
