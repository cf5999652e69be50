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

// needed are those of every agent, those of one that runs programs as other users, and
// those of one that upgrades programs.
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
	neededForUpgrades = []capability{
		{19, "CAP_SYS_PTRACE", "Without it an upgrade cannot see what a master runs, and is refused."},
		{1, "CAP_DAC_OVERRIDE", "Without it the release cannot open the logs that the configuration names, and its test fails."},
		{0, "CAP_CHOWN", "Without it the new binary cannot get the owner of the old one."},
		{3, "CAP_FOWNER", "Without it the new binary cannot get the mode of the old one, where that has another owner."},
		{31, "CAP_SETFCAP", "Without it the new binary cannot get the capabilities of the old one."},
		{10, "CAP_NET_BIND_SERVICE", "Without it the test of a configuration with ports below 1024 fails."},
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
	if h.Plan != nil && len(h.Plan.Upgrades) > 0 {
		wanted = append(wanted[:len(wanted):len(wanted)], neededForUpgrades...)
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
