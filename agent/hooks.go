package agent

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hactl/agent/node"
	"hactl/agent/program"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// hookOutput is how much of what a hook wrote is kept when it fails.
const hookOutput = 4096

// unkillable is how long a hook may live on after it has been killed, before it is
// waited for no longer.
const unkillable = time.Second

// hooks run the hooks of an agent, those of one vip one after the other. Only the
// loop calls its methods; the programs run beside it, and post how they ended.
type hooks struct {
	agent *Agent
	ctx   context.Context // ends with the agent, and with it every program
	stop  context.CancelFunc
	last  map[string]chan struct{} // closed when the last run of a vip has ended
	lines map[string][]status.Hook // of the last run, by vip and moment
	going map[uint64]string        // vips whose hooks run, by the number of the run
	tasks sync.WaitGroup
}

// newHooks returns hooks of which none runs.
func newHooks(a *Agent) *hooks {
	h := &hooks{agent: a, last: map[string]chan struct{}{}, lines: map[string][]status.Hook{}, going: map[uint64]string{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h
}

// run lets hooks run, after those of the same vip that run already.
func (h *hooks) run(e node.Run) {
	environment := h.environment(e)
	if e.When == plan.BeforeRelease && h.agent.notices.leaving {
		extendStop(h.patience(e.Vip))
	}
	before, ended := h.last[e.Vip], make(chan struct{})
	h.last[e.Vip], h.going[e.Number] = ended, e.Vip
	h.tasks.Go(func() {
		defer close(ended)
		if before != nil {
			<-before
		}
		var lines []status.Hook
		for _, hook := range e.Hooks {
			lines = append(lines, runHook(h.ctx, hook, environment))
		}
		h.agent.post(func() { h.ran(e, lines) })
	})
}

// leave is called before the node gives everything up. It asks for the time that
// runs which have begun already, as before a drain, may still take: an agent that
// is killed meanwhile leaves its addresses behind.
func (h *hooks) leave() {
	for vip, ended := range h.last {
		select {
		case <-ended:
		default:
			extendStop(h.patience(vip))
		}
	}
}

// patience is how long the hooks of a vip may take, those that run already
// included.
func (h *hooks) patience(vip string) time.Duration {
	var most time.Duration
	for _, r := range h.agent.doc.Plan.Routers {
		var sum time.Duration
		for _, hook := range r.Hooks {
			sum += time.Duration(hook.Timeout)*time.Millisecond + unkillable
		}
		if r.Vip == vip {
			most = max(most, sum)
		}
	}
	return most
}

// ran takes note of how a run ended.
func (h *hooks) ran(e node.Run, lines []status.Hook) {
	delete(h.going, e.Number)
	for i := range lines {
		line := &lines[i]
		line.Vip, line.When = e.Vip, string(e.When)
		log := h.agent.cfg.Log.Info
		if line.Problem != "" {
			log = h.agent.cfg.Log.Warn
		}
		log("hook ended", "vip", e.Vip, "when", line.When, "command", line.Command[0], "took_ms", line.Took, "problem", line.Problem, "output", line.Output)
	}
	h.lines[e.Vip+" "+string(e.When)] = lines
	h.agent.step(node.Ran{Number: e.Number})
	h.agent.noteChange()
}

// environment is what hooks find beside their own.
func (h *hooks) environment(e node.Run) map[string]string {
	env := map[string]string{"HACTL_HOOK": string(e.When), "HACTL_VIP": e.Vip, "HACTL_CAUSE": e.Cause, "HACTL_HOST": h.agent.node.Host()}
	if h.agent.doc == nil {
		return env
	}
	var addresses []string
	for _, r := range h.agent.doc.Plan.Routers {
		for _, a := range r.Addresses {
			if r.Vip == e.Vip {
				addresses = append(addresses, a.Prefix)
			}
		}
	}
	env["HACTL_ADDRESSES"], env["HACTL_PLAN"] = strings.Join(addresses, " "), h.agent.doc.Hash
	return env
}

// runHook runs one hook until it has ended or its time is over.
func runHook(ctx context.Context, p plan.Hook, environment map[string]string) status.Hook {
	timeout := time.Duration(p.Timeout) * time.Millisecond
	ctx, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	environment = maps.Clone(environment)
	maps.Copy(environment, p.Environment)
	begun, ended := time.Now(), make(chan program.Result, 1)
	go func() {
		ended <- program.Run(ctx, program.Program{Argv: p.Command, User: p.User, Environment: environment, OutputLimit: hookOutput})
	}()
	line := status.Hook{Command: p.Command}
	select {
	case r := <-ended:
		if r.Err != nil {
			line.Problem, line.Output = r.Err.Error(), r.Output
		}
	case <-time.After(timeout + unkillable):
		line.Problem = fmt.Sprintf("still there %v after it was killed: it is waited for no longer", unkillable)
	}
	line.Ended, line.Took = time.Now().UTC(), float64(time.Since(begun).Microseconds())/1000
	return line
}

// report returns how the last runs went, sorted by vip and moment, each in the
// order of its plan.
func (h *hooks) report() []status.Hook {
	var all []status.Hook
	for _, key := range slices.Sorted(maps.Keys(h.lines)) {
		all = append(all, h.lines[key]...)
	}
	return all
}

// follow forgets the runs of vips that a plan no longer has.
func (h *hooks) follow(p *plan.Plan) {
	maps.DeleteFunc(h.lines, func(_ string, lines []status.Hook) bool {
		return lines[0].Ended.IsZero() || !slices.ContainsFunc(p.Routers, func(r plan.Router) bool { return r.Vip == lines[0].Vip && len(r.Hooks) > 0 })
	})
	h.inspect(p)
}

// inspect looks, beside the loop, for hooks of a plan that could not run, so that
// somebody hears of them before they are needed.
func (h *hooks) inspect(p *plan.Plan) {
	broken := map[string][]status.Hook{}
	h.tasks.Go(func() {
		for _, r := range p.Routers {
			for _, hook := range r.Hooks {
				line := status.Hook{Vip: r.Vip, When: string(hook.When), Command: hook.Command}
				if err := program.Inspect(program.Program{Argv: hook.Command, User: hook.User, Environment: hook.Environment}); err != nil {
					line.Problem = err.Error()
				}
				key := r.Vip + " " + line.When
				if !slices.ContainsFunc(broken[key], func(l status.Hook) bool { return slices.Equal(l.Command, line.Command) }) {
					broken[key] = append(broken[key], line)
				}
			}
		}
		h.agent.post(func() { h.inspected(broken) })
	})
}

// inspected takes note of hooks that could not run, where none has run yet.
func (h *hooks) inspected(broken map[string][]status.Hook) {
	for key, lines := range broken {
		lines = slices.DeleteFunc(lines, func(l status.Hook) bool { return l.Problem == "" })
		if ran := h.lines[key]; len(lines) > 0 && (len(ran) == 0 || ran[0].Ended.IsZero()) {
			h.lines[key] = lines
			h.agent.noteChange()
		}
	}
}

// close ends every hook that still runs. The loop has ended.
func (h *hooks) close() {
	h.stop()
	h.tasks.Wait()
}
