package compiler

import (
	"fmt"
	"slices"

	"hactl/lang"
	"hactl/lang/rule"
)

// checkHealthChecks looks at the check blocks, each as it is on every host.
func checkHealthChecks(m *model, report report) {
	for _, c := range m.checks {
		if !m.uses(c) {
			report(rule.UnusedCheck.At(c.block.Range(), fmt.Sprintf(
				"No vip tracks check %q and no upgrade asks it, so no host runs it. Write track { check = check.%s } in a cluster, or remove the block.", c.name, c.name)))
		}
		for _, b := range m.needs.forms(c.block) {
			checkTimes(b, report)
			checkProbe(b, report)
		}
	}
}

// uses reports whether anything in m needs c, or may: where there is no vip at
// all, or tracks could not be read, nobody can tell.
func (m *model) uses(c *healthCheck) bool {
	return c.used || len(m.vips) == 0 ||
		slices.ContainsFunc(m.vips, func(v *vip) bool { return v.untold }) ||
		slices.ContainsFunc(m.upgrades, func(u *upgrade) bool {
			verify := u.block.Block("verify")
			return slices.Contains(u.checks, c.name) || verify != nil && verify.Broken("checks")
		})
}

// checkTimes looks at durations that contradict each other. What is not written
// is nobody's mistake.
func checkTimes(b *lang.Block, report report) {
	interval, timeout, jitter := b.Duration("interval"), b.Duration("timeout"), b.Duration("jitter")
	if b.Broken("interval") {
		return
	}
	if timeout.Set && timeout.V > interval.V {
		report(rule.LongTimeout.At(timeout.Range, fmt.Sprintf(
			"A run may take %s, and the next one is due after %s. Runs never overlap, so while the service hangs there are fewer of them than the interval says, and a failure is noticed late. Write a shorter timeout, or a longer interval.",
			timeout.V, interval.V), related("The interval", interval.Range)))
	}
	if jitter.V > interval.V {
		report(rule.LongJitter.At(jitter.Range, fmt.Sprintf(
			"The first run begins at most one interval after the start, which is %s, so jitter can't be %s. Write a shorter one.", interval.V, jitter.V), related("The interval", interval.Range)))
	}
}

// checkProbe looks at the block that says how to look.
func checkProbe(b *lang.Block, report report) {
	if x := b.Block("http"); x != nil {
		checkHTTP(x, report)
	}
	if x := b.Block("process"); x != nil && x.Has("pid_file") && x.Has("minimum") {
		report(rule.UnusedByProbe.At(x.NameRange("minimum"), "A pid_file holds the number of one process. Remove minimum, or write name.", related("The file", x.AttrRange("pid_file"))))
	}
	if x := b.Block("file"); x != nil {
		checkFile(x, report)
	}
	if x := b.Block("ping"); x != nil {
		checkPing(x, report)
	}
}

// checkFile refuses limits of a number that is not looked for, or that cannot be.
func checkFile(b *lang.Block, report report) {
	least, most := b.Integer("minimum"), b.Integer("maximum")
	if b.String("expect").V != "number" && !b.Broken("expect") {
		for _, name := range []string{"minimum", "maximum"} {
			if b.Has(name) {
				report(rule.UnusedByProbe.At(b.NameRange(name), fmt.Sprintf("%s is about the number in the file, which is not looked at. Write expect = \"number\", or remove it.", capital(name))))
			}
		}
		return
	}
	if least.Set && most.Set && least.V > most.V {
		report(rule.NothingBetween.At(most.Range, fmt.Sprintf(
			"No number is at least %d and at most %d, so the check could never succeed. Exchange them.", least.V, most.V), related("The minimum", least.Range)))
	}
}

// checkPing refuses addresses that no one station has, or that are not enough to
// find it.
func checkPing(b *lang.Block, report report) {
	a := b.Address("address")
	complaint := ""
	switch ip := a.V; {
	case !a.Set:
	case ip.IsMulticast() || ip.IsUnspecified() || ip.Is4In6():
		complaint = "it is not the address of one station"
	case ip.Is6() && ip.IsLinkLocalUnicast():
		complaint = "a link-local address says nothing without its interface. Ping a global one"
	}
	if complaint != "" {
		report(rule.NotAllowed.At(a.Range, fmt.Sprintf("address can't be %s: %s.", a.V, complaint)))
	}
}
