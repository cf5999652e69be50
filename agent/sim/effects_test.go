package sim

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
	const file = "../../testdata/sim/effects.txt"
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
			m := &team{LAN: New(300*time.Microsecond, 0), t: t, mode: mode, checks: 1, vips: 1, effect: c.effect, cost: c.cost}
			m.join(254)
			m.join(244)
			m.course(&b)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Error(udiff.Unified(file, "now", string(want), b.String()))
	}
}

// course lets the check of each host fail and recover alone and while the other's
// has failed.
func (m *team) course(b *strings.Builder) {
	m.tell(b, "start", func() {})
	for _, i := range []int{0, 1, 0, 1, 1, 0, 1, 0} {
		word := map[bool]string{false: "fails", true: "recovers"}[m.failed[i][0]]
		m.tell(b, fmt.Sprintf("lb%d %s", i, word), func() { m.turn(i, 0) })
	}
}

// tell writes what follows from an event until all is settled.
func (m *team) tell(b *strings.Builder, event string, happen func()) {
	was, before, gap := m.holder(), m.Now(), m.gap()
	happen()
	took, last := time.Duration(0), was
	for m.Now() < before.Add(settled) {
		m.Run(5 * time.Millisecond)
		if is := m.holder(); is != last {
			took, last = m.Now().Sub(before), is
		}
	}
	what := "stays"
	if last != was {
		what = fmt.Sprintf("after %v", took)
	}
	if g := m.gap() - gap; g > 0 && last != "nobody" {
		what += fmt.Sprintf(", on nobody for %v", g.Round(time.Millisecond))
	}
	fmt.Fprintf(b, "  %-13s %-7s %s\n", event, last, what)
}

// holder names the hosts that have the address.
func (m *team) holder() string {
	if names := m.holders(vip(0)); len(names) > 0 {
		return strings.Join(names, " and ")
	}
	return "nobody"
}
