package agent

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"hactl/agent/node"
	"hactl/agent/track"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// checks are the health checks of an agent, each run by a goroutine that posts
// what it finds. Only the loop calls its methods.
type checks struct {
	agent  *Agent
	byName map[string]*check
	before map[string]status.Check // what the program before this one knew, by name; until the first plan
	tasks  sync.WaitGroup
}

// check is one that runs.
type check struct {
	plan  plan.Check
	stop  context.CancelFunc
	ended chan struct{} // closed when its last run has ended
	still bool          // it is halted
	line  status.Check  // as it is reported
}

// newChecks returns none.
func newChecks(a *Agent) *checks {
	return &checks{agent: a, byName: map[string]*check{}}
}

// follow runs the checks of a plan that the node has taken over, and no others.
// One that has not changed runs on.
func (c *checks) follow(p *plan.Plan) {
	before := c.byName
	c.byName = make(map[string]*check, len(p.Checks))
	for _, want := range p.Checks {
		is := before[want.Name]
		if was, saved := c.before[want.Name]; saved {
			is = c.proceed(want, p.Host, was)
		}
		if is == nil || !reflect.DeepEqual(is.plan, want) {
			is = c.start(want, p.Host, is)
		}
		c.byName[want.Name] = is
	}
	for name, was := range before {
		if c.byName[name] != was {
			was.stop()
		}
	}
	c.before = nil
}

// start runs a check, which was another one before: nil for a new one. What is
// known of that one stands until there is a result.
func (c *checks) start(p plan.Check, host string, before *check) *check {
	health := c.agent.node.Health(p.Name)
	line := status.Check{Name: p.Name, State: health.String(), Since: time.Now().UTC()}
	if before != nil {
		line = before.line
		line.Streak = 0
	}
	return c.begin(p, host, line, health, rand.N(time.Duration(p.Jitter)*time.Millisecond+1), before)
}

// proceed runs a check on from where it was halted: the next run is due when it
// would have been.
func (c *checks) proceed(p plan.Check, host string, line status.Check) *check {
	interval := time.Duration(p.Interval) * time.Millisecond
	begun := line.Ran.Add(-time.Duration(line.Took * float64(time.Millisecond)))
	delay := min(max(time.Until(begun.Add(interval)), 0), interval)
	return c.begin(p, host, line, c.agent.node.Health(p.Name), delay, nil)
}

// begin runs a check of which so much is known, for the first time after a delay
// and after the end of the one that it replaces, if any.
func (c *checks) begin(p plan.Check, host string, line status.Check, health node.Health, delay time.Duration, before *check) *check {
	ctx, stop := context.WithCancel(context.Background())
	is := &check{plan: p, stop: stop, ended: make(chan struct{}), line: line}
	runner := track.NewRunner(p, host, health, delay, func(r track.Report) {
		c.agent.post(func() { c.heard(is, r) })
	})
	runner.Continue(line.Streak)
	c.tasks.Go(func() {
		defer close(is.ended)
		if before != nil {
			<-before.ended // it is stopped; two runs of one check at once are not to be
		}
		runner.Run(ctx)
	})
	return is
}

// hurry lets checks of these names run at once, and then at their pace.
func (c *checks) hurry(names []string) {
	for _, name := range names {
		if is := c.byName[name]; is != nil {
			is.stop()
			c.byName[name] = c.begin(is.plan, c.agent.node.Host(), is.line, c.agent.node.Health(name), 0, is)
		}
	}
}

// halt stops all checks, and returns what is closed when their runs have ended. A
// run that is under way counts for nothing.
func (c *checks) halt() (ended []<-chan struct{}) {
	for _, is := range c.byName {
		is.still = true
		is.stop()
		ended = append(ended, is.ended)
	}
	return ended
}

// proceedAll runs all checks on that have been halted.
func (c *checks) proceedAll() {
	for name, is := range c.byName {
		if is.still {
			c.byName[name] = c.proceed(is.plan, c.agent.node.Host(), is.line)
		}
	}
}

// heard takes note of one run's result, and lets the node act on a change. What
// a check says that has been replaced meanwhile counts no longer.
func (c *checks) heard(is *check, r track.Report) {
	if c.byName[r.Check] != is {
		return
	}
	was, line := is.line, &is.line
	line.Cause, line.Streak = r.Cause, r.Streak
	line.Ran, line.Took = r.Ended.UTC(), float64(r.Took.Microseconds())/1000
	line.Runs++
	if r.Cause != "" {
		line.Failures++
		line.Output = r.Output
	}
	if r.Changed {
		line.State, line.Since = r.Health.String(), r.Ended.UTC()
		level := slog.LevelInfo
		if r.Health == node.Down {
			level = slog.LevelWarn
		}
		c.agent.cfg.Log.Log(context.Background(), level, "check changed state", "check", r.Check, "from", was.State, "to", line.State, "cause", r.Cause)
		c.agent.step(node.Checked{Name: r.Check, Health: r.Health, Cause: r.Cause})
	}
	c.agent.upgrades.heard()
	if r.Changed || was.Cause != r.Cause {
		c.agent.noteChange()
	}
}

// report returns the checks as they are now, sorted by name.
func (c *checks) report() []status.Check {
	var lines []status.Check
	for _, is := range c.byName {
		lines = append(lines, is.line)
	}
	slices.SortFunc(lines, func(a, b status.Check) int { return strings.Compare(a.Name, b.Name) })
	return lines
}

// close ends all checks and waits for their goroutines. The loop has ended.
func (c *checks) close() {
	c.follow(&plan.Plan{})
	c.tasks.Wait()
}
