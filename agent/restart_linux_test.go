package agent

import (
	"strings"
	"testing"
	"time"

	"hactl/agent/vrrp"
)

// What systemd 252 says of its jobs while a unit is restarted and stopped.
func TestJobOf(t *testing.T) {
	for jobs, want := range map[string]string{
		"98 hactl.service restart running\n":                                jobRestart,
		"97 nginx.service stop running\n98 hactl.service restart waiting\n": jobRestart,
		"146 hactl.service stop running\n":                                  jobStop,
		"98 other-hactl.service restart running\n":                          "",
		"98 hactl.service restart\n":                                        "",
		"No jobs running.\n":                                                "",
		"":                                                                  "",
	} {
		if got := jobOf("hactl.service", jobs); got != want {
			t.Errorf("%q: the job is %q, want %q", jobs, got, want)
		}
	}
}

// Only what the agent of this host has left a moment ago, since this boot, is gone on
// with.
func TestInherit(t *testing.T) {
	const boot = "b1"
	left := time.Hour + time.Minute // since the boot, as estate has it
	for _, c := range []struct {
		what  string
		names []string
		boot  string
		up    time.Duration
		says  string // empty: it is gone on with
	}{
		{"at once", []string{"lb01.example.org", "lb01"}, boot, left + 80*time.Millisecond, ""},
		{"in time", []string{"lb01"}, boot, left + believed, ""},
		{"too late", []string{"lb01"}, boot, left + believed + 1, "5.000000001s old"},
		{"before it was left", []string{"lb01"}, boot, left - 1, "old"},
		{"after a boot", []string{"lb01"}, "b2", left + time.Second, "another boot"},
		{"by another host's agent", []string{"lb02"}, boot, left + time.Second, "of host lb01"},
	} {
		h := estate(t)
		h.Boot = boot
		err := h.inherit(c.names, c.boot, c.up)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want an error that says %q", c.what, err, c.says)
		}
		if err == nil && (h.Sockets != nil || h.Listeners != nil) {
			t.Errorf("%s: descriptors of another process are believed", c.what)
		}
	}
}

// A Backup that has been deaf meanwhile waits anew: adverts have come that it has not
// heard. An Active router sends when it would have.
func TestInheritedTimers(t *testing.T) {
	h := estate(t)
	active := *h.Node.Routers["web/public/ipv4"].Machine
	was := h.Node.Routers["web/public/ipv4"]
	was.Machine = &vrrp.Saved{State: vrrp.Backup, Down: h.Left.Add(-time.Second)}
	h.Node.Routers["web/second/ipv4"] = was
	if err := h.inherit([]string{"lb01"}, "", h.Clock+time.Duration(h.Left)+time.Second); err != nil {
		t.Fatal(err)
	}
	if got, want := *h.Node.Routers["web/second/ipv4"].Machine, h.Left.Add(time.Second); got.Down != want || got.Intervals != 1 {
		t.Errorf("the Backup has waited since %v for %d intervals, want %v and one", got.Down, got.Intervals, want)
	}
	if active.Repeat = h.Left.Add(time.Second + absence/4); *h.Node.Routers["web/public/ipv4"].Machine != active {
		t.Errorf("the Active router is %+v, want %+v", *h.Node.Routers["web/public/ipv4"].Machine, active)
	}
}
