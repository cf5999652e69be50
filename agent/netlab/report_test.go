package netlab

import (
	"strings"
	"testing"
	"time"
)

// samples reads one letter for each probe, 5 ms apart: the host that answered
// 1 ms later, "-" for no answer, "L" for an answer that came too late.
func samples(letters string) []sample {
	var sent []sample
	for i, c := range letters {
		s := sample{at: time.Duration(i) * 5 * time.Millisecond}
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
			got := words(report(samples(test.probes), time.Minute).String())
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
	r := report(sent, Patience+7*time.Millisecond) // the second probe's time is over, the third's not
	if r.Sent != 2 || r.Lost != 1 {
		t.Errorf("sent %d, lost %d; want 2 and 1", r.Sent, r.Lost)
	}
}

func TestReportTellsTheClientsOwnGap(t *testing.T) {
	sent := samples("aaa")
	sent[2].at += 30 * time.Millisecond
	if r := report(sent, time.Minute); r.Gap != 35*time.Millisecond {
		t.Errorf("gap %s, want 35ms", r.Gap)
	}
}
