package compiler

import (
	"fmt"
	"time"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// Intervals that the versions carry: eight bits of seconds in version 2 (RFC
// 3768 section 5.3.7), twelve of centiseconds in version 3 (RFC 9568 section
// 5.2.7).
const (
	longest2 = 255 * time.Second
	longest3 = 4095 * 10 * time.Millisecond
)

// comfortable is the shortest interval without a warning. The others wait three
// times as long before they take over; a machine that pauses for a few tens of
// milliseconds then changes nothing.
const comfortable = 100 * time.Millisecond

// checkVersion refuses IPv6 addresses in version 2.
func checkVersion(v *vip, report report) {
	if v.version.V != 2 {
		return
	}
	for _, a := range v.addresses {
		if plan.Of(a.V.Addr()) == plan.IPv6 {
			report(rule.IPv6InVersion2.At(a.Range, fmt.Sprintf(
				"VRRP version 2 has IPv4 only, so it cannot carry %s. Use version 3, or a vip of its own for IPv6.", a.V.Addr()),
				related("The version", v.version.Range)))
		}
	}
}

// checkInterval refuses intervals that v's version cannot carry, and warns of
// very short ones.
func checkInterval(v *vip, report report) {
	interval := v.interval.V
	switch {
	case !v.interval.Set:
	case v.version.V == 2 && (interval < time.Second || interval > longest2 || interval%time.Second != 0):
		report(rule.IntervalRange.At(v.interval.Range, fmt.Sprintf(
			"Version 2 counts whole seconds from 1s to 255s, so it cannot carry %s. Choose another interval, or version 3.", interval),
			related("The version", v.version.Range)))
	case v.version.V == 3 && (interval < 10*time.Millisecond || interval > longest3 || interval%(10*time.Millisecond) != 0):
		report(rule.IntervalRange.At(v.interval.Range, fmt.Sprintf(
			"Version 3 counts steps of 10ms from 10ms to 40.95s, so it cannot carry %s. Choose another interval.", interval)))
	case interval < comfortable:
		report(rule.ShortInterval.At(v.interval.Range, fmt.Sprintf(
			"Neighbours take over %s after the last advert, so a busy host that pauses for a few tens of milliseconds can lose its addresses. Use %s or more unless the hosts are tuned for less.",
			3*interval, comfortable)))
	}
}

// checkPreemption refuses a delay that the mode does not use, and the mode that
// lacks one.
func checkPreemption(v *vip, report report) {
	p := v.preemption
	switch delayed := p.mode.V == string(plan.Delayed); {
	case p.vague:
	case delayed && !p.delay.Set:
		report(rule.DelayMissing.At(p.mode.Range, `Mode "delayed" needs to know how long. Write delay = "10s", or use mode "always".`))
	case !delayed && p.delay.Set:
		report(rule.DelayUnused.At(p.delay.Range, fmt.Sprintf(
			`Mode %q has no use for a delay. Remove it, or write mode = "delayed".`, p.mode.V), related("The mode", p.mode.Range)))
	}
}
