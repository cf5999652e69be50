package doctor

import (
	"fmt"
	"strconv"
	"strings"
)

// capability is a right of a process, by its number in the kernel.
type capability struct {
	bit  int
	name string
	why  string
}

// needed are those of every agent, and those of one that runs programs as other
// users.
var (
	needed = []capability{
		{12, "CAP_NET_ADMIN", "Without it no address can be put on an interface."},
		{13, "CAP_NET_RAW", "Without it no advert can be sent or heard."},
	}
	neededForPrograms = []capability{
		{7, "CAP_SETUID", "Without it programs of checks and hooks cannot run as another user."},
		{6, "CAP_SETGID", "Without it programs of checks and hooks cannot run as another user."},
		{5, "CAP_KILL", "Without it programs of other users cannot be ended at their deadline."},
	}
)

// examineCapabilities looks at the rights of the agent that runs.
func examineCapabilities(h *Host) []Finding {
	if h.Report == nil {
		return nil
	}
	path := fmt.Sprintf("proc/%d/status", h.Report.PID)
	effective, err := capabilities(h.text(path))
	if err != nil {
		return cannot("the agent's capabilities cannot be read", err)
	}
	wanted := needed
	if h.runsPrograms() {
		wanted = append(wanted[:len(wanted):len(wanted)], neededForPrograms...)
	}
	var all []Finding
	for _, c := range wanted {
		if effective>>c.bit&1 == 0 {
			all = append(all, Finding{Severity: Error, Seen: fmt.Sprintf("the agent (process %d) lacks %s", h.Report.PID, c.name), Why: c.why,
				Do: []string{"sudo systemctl edit hactl   # CapabilityBoundingSet= must name " + c.name}})
		}
	}
	return orGood(all, "the agent has the capabilities that its plan needs")
}

// capabilities reads the effective set from /proc/PID/status.
func capabilities(text string) (uint64, error) {
	for line := range strings.Lines(text) {
		if digits, found := strings.CutPrefix(line, "CapEff:"); found {
			return strconv.ParseUint(strings.TrimSpace(digits), 16, 64)
		}
	}
	return 0, fmt.Errorf("read capabilities: no CapEff")
}

// runsPrograms reports whether the plan names programs that run as other users
// than root.
func (h *Host) runsPrograms() bool {
	if h.Plan == nil {
		return false
	}
	for _, c := range h.Plan.Checks {
		if c.Exec != nil && c.Exec.User != "root" {
			return true
		}
	}
	for _, n := range h.Plan.Notify {
		if n.Exec != nil && n.Exec.User != "root" {
			return true
		}
	}
	for _, r := range h.Plan.Routers {
		for _, k := range r.Hooks {
			if k.User != "root" {
				return true
			}
		}
	}
	return false
}
