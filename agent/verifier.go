package agent

import (
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/status"
)

// verifier says what the checks that an upgrade names say of it. The loop lets it know
// the checks; the rest belongs to the goroutine of the upgrade. From the stage on in
// which the release begins to serve, a check that has not succeeded since tells nothing of
// it; until then, it tells of what ran before.
type verifier struct {
	names  []string
	lines  atomic.Pointer[[]checked]
	stage  upgrade.Stage
	since  time.Time       // of the stage
	proven map[string]bool // names of checks that have succeeded since
}

// checked is a check, and how long at most may be between two of its results.
type checked struct {
	status.Check
	period time.Duration
}

// overdue is how much longer than its period a check may be silent.
const overdue = time.Second

// newVerifier returns one for checks of these names, none of which it knows yet.
func newVerifier(names []string) *verifier {
	v := &verifier{names: names, proven: map[string]bool{}}
	v.lines.Store(&[]checked{})
	return v
}

// know lets it know how the checks are now.
func (v *verifier) know(c *checks) {
	var lines []checked
	for _, is := range c.byName {
		if slices.Contains(v.names, is.line.Name) {
			period := 2*time.Duration(is.plan.Interval+is.plan.Timeout)*time.Millisecond + overdue
			lines = append(lines, checked{is.line, period})
		}
	}
	v.lines.Store(&lines)
}

// recovery is how long at most checks of these names take to be up, of those that are
// known, once what they ask is well.
func recovery(names []string, c *checks) (most time.Duration) {
	for _, name := range names {
		if is := c.byName[name]; is != nil {
			most = max(most, time.Duration(is.plan.Rise*(is.plan.Interval+is.plan.Timeout))*time.Millisecond)
		}
	}
	return most
}

// at lets it know the stage that the upgrade is at.
func (v *verifier) at(s upgrade.Stage, now time.Time) {
	if s != v.stage {
		v.stage, v.since, v.proven = s, now, map[string]bool{}
	}
}

// say returns what the checks say together at now.
func (v *verifier) say(now time.Time) upgrade.Checks {
	all := upgrade.Checks{Health: upgrade.Up}
	for _, name := range v.names {
		one := v.one(name, now)
		if one.Health == upgrade.Up || all.Health == upgrade.Unwell {
			continue
		}
		if all.Health == upgrade.Up || one.Health == upgrade.Unwell {
			all = one
		}
	}
	return all
}

// one returns what one check says.
func (v *verifier) one(name string, now time.Time) upgrade.Checks {
	lines := *v.lines.Load()
	i := slices.IndexFunc(lines, func(c checked) bool { return c.Name == name })
	if i < 0 {
		return upgrade.Checks{Cause: fmt.Sprintf("there is no check %s", name)}
	}
	c := lines[i]
	begun := c.Ran.Add(-time.Duration(c.Took * float64(time.Millisecond)))
	if c.Cause == "" && begun.After(v.since) {
		v.proven[name] = true
	}
	switch {
	case c.State == status.Down:
		return upgrade.Checks{Health: upgrade.Unwell, Cause: fmt.Sprintf("check %s is down: %s", name, cmp.Or(c.Cause, "it has yet to recover"))}
	case c.State != status.Up || !v.proven[name] && v.stage >= upgrade.Start:
		return upgrade.Checks{Cause: fmt.Sprintf("check %s has no result yet", name)}
	case now.Sub(c.Ran) > c.period:
		return upgrade.Checks{Cause: fmt.Sprintf("check %s has had no result since %s", name, c.Ran.Format(time.TimeOnly))}
	}
	return upgrade.Checks{Health: upgrade.Up}
}
