package netlab

import (
	"strings"
	"testing"
	"time"
)

// every is how far apart probes are.
const every = 5 * time.Millisecond

// samples reads one letter for each probe: the host that answered
// 1 ms later, "-" for no answer, "L" for an answer that came too late.
func samples(letters string) []sample {
	var sent []sample
	for i, c := range letters {
		s := sample{at: time.Duration(i) * every}
		switch c {
		case '-':
		case 'L':
			s.reply, s.by = s.at+Patience+1, "L"
		default:
			s.reply, s.by = s.at+time.Millisecond, string(c)
		}
		sent = append(sent, s)
	}
	return sent
}

func TestReport(t *testing.T) {
	tests := []struct{ name, probes, want string }{
		{"none", "", "0 probes, 0 lost, longest outage 0 probes (0s)\n"},
		{"nothing lost", "aaa", `
			3 probes, 0 lost, longest outage 0 probes (0s)
			0.000s to     0.010s  a answered 3`},
		{"an outage lasts until the next probe that is answered", "aa--b", `
			5 probes, 2 lost, longest outage 2 probes (10ms)
			0.000s to     0.005s  a answered 2
			0.020s to     0.020s  b answered 1`},
		{"the longest run counts", "a-a---a--a", `
			10 probes, 6 lost, longest outage 3 probes (15ms)
			0.000s to     0.045s  a answered 4`},
		{"an outage that has not ended", "a---", `
			4 probes, 3 lost, longest outage 3 probes (10ms)
			0.000s to     0.000s  a answered 1`},
		{"late is lost", "aLa", `
			3 probes, 1 lost, longest outage 1 probes (5ms)
			0.000s to     0.010s  a answered 2`},
		{"two hosts answer in turn", "abab", `
			4 probes, 0 lost, longest outage 0 probes (0s)
			0.000s to     0.000s  a answered 1
			0.005s to     0.005s  b answered 1
			0.010s to     0.010s  a answered 1
			0.015s to     0.015s  b answered 1`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := words(report(samples(test.probes), every, time.Minute).String())
			if want := words(test.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// words is a text with single spaces.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestReportWaitsForReplies(t *testing.T) {
	sent := samples("a--")
	r := report(sent, every, Patience+7*time.Millisecond) // the second probe's time is over, the third's not
	if r.Sent != 2 || r.Lost != 1 {
		t.Errorf("sent %d, lost %d; want 2 and 1", r.Sent, r.Lost)
	}
}

func TestReportTellsTheClientsOwnGap(t *testing.T) {
	sent := samples("aaa")
	sent[2].at += 30 * time.Millisecond
	if r := report(sent, every, time.Minute); r.Gap != 35*time.Millisecond {
		t.Errorf("gap %s, want 35ms", r.Gap)
	}
}

// pause holds the client up before the probe of a number, and all that follow.
func pause(sent []sample, number int, by time.Duration) []sample {
	for i := range sent[number:] {
		s := &sent[number+i]
		s.at += by
		if s.reply > 0 {
			s.reply += by
		}
	}
	return sent
}

// What a client has witnessed of an outage is all of it, unless it was held up.
func TestReportProven(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name           string
		sent           []sample
		outage, proven time.Duration
	}{
		{"nothing lost, and a pause", pause(samples("aaaa"), 2, 30*ms), 0, 0},
		{"no pause: all of it", samples("a---------a"), 45 * ms, 45 * ms},
		{"one is lost before a pause", pause(samples("aa-aa"), 3, 30*ms), 35 * ms, 5 * ms},
		{"a pause before the first lost one", pause(samples("aa-aa"), 2, 30*ms), 5 * ms, 5 * ms},
		{"a pause within", pause(samples("a----a"), 3, 30*ms), 50 * ms, 20 * ms},
		{"lost to the end", pause(samples("a---"), 2, 30*ms), 40 * ms, 10 * ms},
		{"the longest, before a pause made another look longer", pause(samples("a---a-a"), 6, 30*ms), 35 * ms, 15 * ms},
		{"a probe that comes early makes it no longer", pause(samples("a--a"), 2, -2*ms), 8 * ms, 8 * ms},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := report(test.sent, every, time.Minute)
			if r.Outage != test.outage || r.Proven != test.proven {
				t.Errorf("outage %v, proven %v; want %v and %v", r.Outage, r.Proven, test.outage, test.proven)
			}
		})
	}
}

func TestReportHeldUp(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name string
		sent []sample
		want bool
	}{
		{"nothing lost, no pause", samples("aaaa"), false},
		{"a Skew_Time, no pause", samples("aa---------bb"), false},
		{"a Skew_Time, and a short pause", pause(samples("aa---------bb"), 4, 10*ms), false},
		{"a Skew_Time, and a long pause", pause(samples("aa---------bb"), 4, 20*ms), true},
		{"a Skew_Time, and a long pause elsewhere", pause(samples("aa---------"+strings.Repeat("b", 50)), 40, 20*ms), false},
		{"a Skew_Time, and a long pause shortly after", pause(samples("aa---------"+strings.Repeat("b", 50)), 20, 20*ms), true},
		{"two, of which a pause explains one", pause(samples("aa---------"+strings.Repeat("b", 50)+"---------a"), 4, 20*ms), false},
		{"an outage, and a long pause", pause(samples("aa"+strings.Repeat("-", 50)+"bb"), 4, 20*ms), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if r := report(test.sent, every, time.Minute); r.HeldUp(30*ms) != test.want {
				t.Errorf("proven %v, gap %v: want %v", r.Proven, r.Gap, test.want)
			}
		})
	}
}
