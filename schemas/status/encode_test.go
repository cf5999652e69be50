package status

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// report is that of an agent that is Active for one router and waits with
// another.
func report() *Host {
	at := func(s int) time.Time { return time.Date(2026, 1, 2, 3, 4, s, 0, time.UTC) }
	return &Host{
		Format: Format, Host: "lb01", Version: "0.1.0", PID: 4711, Started: at(0), Written: at(50), State: Running,
		Plan:    Plan{Hash: "sha256:00", Commit: "abcdef0", AppliedBy: "ops@desk", AppliedAt: "2026-01-02T03:04:00Z", Loaded: at(1)},
		Problem: `plan not taken: unknown field "<x>"`,
		Routers: []Router{
			{ID: "web/public/ipv4", Vip: "web/public", VRID: 50, Interface: "eth0", Origin: "main.ha.hcl:12",
				State: "active", Yielding: true, Since: at(4), Cause: "Active_Down_Timer", Priority: 254, Effective: 244,
				Source: "10.0.0.5", Addresses: []Address{{Prefix: "10.0.0.100/24", Present: true}, {Prefix: "10.0.0.101/24", Interface: "eth1", Problem: "foreign address"}},
				Routes:      []Companion{{Words: "0.0.0.0/0 via 10.0.0.1 table 100", Problem: "network is unreachable"}},
				Rules:       []Companion{{Words: "priority 100 from 10.0.0.100/32 lookup 100", Present: true}},
				Transitions: 2, Sent: 46},
			{ID: "web/static/ipv4", Vip: "web/static", VRID: 51, Interface: "eth1", State: "initialize", Since: at(0),
				Cause: "started", Waiting: "interface eth1 does not exist", Priority: 244, Effective: 244, Addresses: []Address{},
				Tracks: []Track{{Check: "nginx", Effect: "demote", Weight: -20, State: Down}, {Interface: "eth2", Effect: "fault", State: Up}}},
		},
		Checks: []Check{
			{Name: "db", State: Unknown, Since: at(1)},
			{Name: "nginx", State: Down, Since: at(9), Cause: "exit status 1: <full>", Output: "<full>\n", Ran: at(49), Took: 1.5, Streak: 1},
		},
		Dropped: map[string]uint64{"checksum": 3},
	}
}

func TestRoundTrip(t *testing.T) {
	got, err := Decode(Encode(report()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report(), got); diff != "" {
		t.Error(diff)
	}
}

// A report of any number of routers is the same in lines.
func TestWriteLines(t *testing.T) {
	for n := range 3 {
		want := report()
		want.Routers = want.Routers[:n]
		var b bytes.Buffer
		if err := want.WriteLines(&b); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if lines := strings.Count(b.String(), "\n"); lines != n+1 {
			t.Errorf("%d lines for %d routers", lines, n)
		}
	}
}

func TestEncodeIsForReading(t *testing.T) {
	s := string(Encode(report()))
	if !strings.Contains(s, `"problem": "plan not taken: unknown field \"<x>\"",`) || !strings.HasSuffix(s, "}\n") {
		t.Errorf("got %s", s)
	}
}

// An agent that was upgraded before this hactl may say more than it knows.
func TestDecodeSkipsUnknownKeys(t *testing.T) {
	s := strings.Replace(string(Encode(report())), `"format": 1`, `"format": 1, "novelties": [{}]`, 1)
	if _, err := Decode([]byte(s)); err != nil {
		t.Error(err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	cases := []struct{ name, report, says string }{
		{"empty", "", "unexpected end"},
		{"cut off", string(Encode(report())[:100]), "unexpected end"},
		{"another document", "{}", "not a report of hactl"},
		{"newer", `{"format":2,"host":7}`, "2, and this hactl reads 1"},
		{"no host", `{"format":1,"state":"running"}`, "names no host"},
		{"no state", `{"format":1,"host":"lb01"}`, `host "lb01": state "" is none of running, stopped`},
		{"wrong type", `{"format":1,"host":7}`, "cannot unmarshal number"},
		{"too long", strings.Repeat(" ", MaxSize+1), "more than 67108864"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode([]byte(c.report))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want an error that says %q", err, c.says)
			}
			if errors.Is(err, ErrNewerFormat) != (c.name == "newer") {
				t.Errorf("%v: newer format", err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(report()))
	f.Add([]byte(`{"format":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(Encode(h))
		if err != nil {
			t.Fatal(err)
		}
		if again.Host != h.Host || again.State != h.State || len(again.Routers) != len(h.Routers) {
			t.Errorf("got %+v, want %+v", again, h)
		}
	})
}

// An agent without a plan has never begun to follow one, and names no day.
func TestNoZeroTime(t *testing.T) {
	h := report()
	h.Plan = Plan{}
	if s := string(Encode(h)); strings.Contains(s, "0001") || strings.Contains(s, "loaded") {
		t.Errorf("got %s", s)
	}
}
