package compiler

import (
	"fmt"
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"hactl/lang"
	"hactl/schemas/plan"
)

// weighted returns a vip of hosts with these priorities, each of which has a
// track of each weight.
func weighted(priorities, weights []int) *vip {
	v := &vip{}
	for _, w := range weights {
		v.tracks = append(v.tracks, &track{check: &healthCheck{}, effect: plan.Weigh, weight: lang.Value[int]{V: w, Set: true}})
	}
	for i, p := range priorities {
		v.members = append(v.members, &member{host: &host{name: fmt.Sprint("h", i), kind: plan.Hactl}, rank: p})
	}
	return v
}

// priorityOf returns the priority of a host of which the tracks in down failed,
// bit by bit, straight from the words of plan.Track.
func priorityOf(base int, weights []int, down uint) int {
	for i, w := range weights {
		if failed := down>>i&1 == 1; failed == (w < 0) {
			base += w
		}
	}
	return min(max(base, 1), 254)
}

// The priorities that sums make are those of every set of failures, one by one.
func TestAttainable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := drawWeights(t)
		v := weighted([]int{rapid.IntRange(1, 254).Draw(t, "priority")}, weights)
		want := make([]bool, 256)
		for down := range uint(1) << len(weights) {
			want[priorityOf(v.members[0].rank, weights, down)] = true
		}
		if got := v.attainable(v.members[0]); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("weights %v from %d\n got %v\nwant %v", weights, v.members[0].rank, numbers(got), numbers(want))
		}
	})
}

// moves says the same as a look at every state of failures on two hosts.
func TestMovesAsEnumerated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := drawWeights(t)
		low := rapid.IntRange(1, 253).Draw(t, "low")
		high := rapid.IntRange(low+1, 254).Draw(t, "high")
		v := weighted([]int{high, low}, weights)
		_, each := v.losing(v.members[0])
		for i := range weights {
			others := append(append([]int{}, each[:i]...), each[i+1:]...)
			if got, want := v.moves(v.members[0], v.attainable(v.members[1]), others, each[i]), enumerated(high, low, weights, i); got != want {
				t.Fatalf("priorities %d and %d, weights %v: failure %d moves is %v, want %v", high, low, weights, i, got, want)
			}
		}
	})
}

// enumerated looks for a state in which failure i takes the address from the
// first host.
func enumerated(high, low int, weights []int, i int) bool {
	states := uint(1) << len(weights)
	for down := range states {
		if down>>i&1 == 1 {
			continue
		}
		before, after := priorityOf(high, weights, down), priorityOf(high, weights, down|1<<i)
		for there := range states {
			p := priorityOf(low, weights, there)
			if has := p < before || p == before && bits.OnesCount(down) > 0; has && p > after {
				return true
			}
		}
	}
	return false
}

func drawWeights(t *rapid.T) []int {
	return rapid.SliceOfN(rapid.OneOf(rapid.IntRange(-60, -1), rapid.IntRange(1, 60), rapid.IntRange(-253, -1)), 1, 4).Draw(t, "weights")
}

func numbers(can []bool) []int {
	var all []int
	for n, is := range can {
		if is {
			all = append(all, n)
		}
	}
	return all
}

// Weights about which nothing is said do move the address by themselves or
// together, whatever is drawn: by the plan's own arithmetic, some failures on the
// preferred host leave it below the healthy other one.
func TestSilentWeightsMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := drawWeights(t)
		text := "host \"h0\" {}\nhost \"h1\" {}\n"
		tracks := ""
		for i, w := range weights {
			text += fmt.Sprintf("check \"c%d\" {\n ping {\n address = \"10.0.0.1\"\n }\n}\n", i)
			tracks += fmt.Sprintf(" track {\n  check = check.c%d\n  weight = %d\n }\n", i, w)
		}
		low := rapid.IntRange(1, 253).Draw(t, "low")
		result, found := compileText(text + fmt.Sprintf(`
cluster "web" {
  hosts     = [host.h0, host.h1]
  interface = "eth0"
  member "h0" { priority = %d }
  member "h1" { priority = %d }
  %s
  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.9/24"]
  }
}`, rapid.IntRange(low+1, 254).Draw(t, "high"), low, tracks))
		if len(found) > 0 {
			return
		}
		first, second := routerOf(result, "h0", "web/one/ipv4"), routerOf(result, "h1", "web/one/ipv4")
		all := func(int) bool { return true }
		none := func(int) bool { return false }
		if a, b := effectiveIn(first, all), effectiveIn(second, none); a >= b {
			t.Fatalf("weights %v: with everything failed the first host has %d, the healthy second one %d", weights, a, b)
		}
	})
}

// A neighbour is known by the highest priority that it can have: one of another
// kind by what is written, whatever is tracked here.
func TestNeighboursWithWeights(t *testing.T) {
	result := compileVip(t, "host.a, host.k", `
member "a" { priority = 110 }
member "k" { priority = 100 }
track {
  interface = "eth1"
  weight    = 15
}
track {
  interface = "eth2"
  weight    = -15
}`, four)
	if got := fmt.Sprint(router(t, result, "a", "c/v/ipv4").Neighbours); got != "[{k keepalived 100 }]" {
		t.Errorf("neighbours of a %s", got)
	}
	v := weighted([]int{110, 250}, []int{15, -15, 3})
	for i, want := range []int{128, 254} {
		if got := v.effective(v.members[i], 0); got != want {
			t.Errorf("host %d can have %d, want %d", i, got, want)
		}
	}
}
