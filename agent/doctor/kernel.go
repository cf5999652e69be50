package doctor

import (
	"fmt"

	"hactl/schemas/plan"
)

// examineKernel looks whether the kernel has what the plan needs.
func examineKernel(h *Host) []Finding {
	release := h.text("proc/sys/kernel/osrelease")
	var major, minor int
	if _, err := fmt.Sscanf(release, "%d.%d", &major, &minor); err != nil {
		return cannot("the kernel's version cannot be read", err)
	}
	before := func(a, b int) bool { return major < a || major == a && minor < b }
	var all []Finding
	if before(5, 18) {
		all = append(all, Finding{Severity: Warning, Seen: "Linux " + release + " keeps no mark on an address",
			Why: "The agent remembers its addresses in a file instead; if that is lost, addresses of a killed agent stay behind.",
			Do:  []string{"Linux 5.18 or later, when the system is next upgraded"}})
	}
	if before(4, 17) && h.hasRules() {
		all = append(all, Finding{Severity: Error, Seen: "Linux " + release + " keeps no mark on a rule",
			Why: "The plan has rules, and the agent could not tell its own from others.", Do: []string{"Linux 4.17 or later"}})
	}
	for _, r := range h.routers() {
		if r.Family == plan.IPv4 && r.Group != "" && !h.exists("proc/net/igmp") {
			all = append(all, Finding{Severity: Error, Seen: "the kernel has no multicast (CONFIG_IP_MULTICAST)",
				Why: "Adverts to a group are not heard.", Do: []string{`transport = "unicast"   # in the cluster`}})
			break
		}
	}
	if !h.exists("proc/net/if_inet6") && h.hasIPv6() {
		all = append(all, Finding{Severity: Error, Seen: "the kernel runs without IPv6", Why: "The plan has IPv6 addresses.",
			Do: []string{"take ipv6.disable=1 out of the kernel's command line"}})
	}
	return orGood(all, "Linux "+release+" has what hactl needs")
}

// hasRules reports whether a router brings rules along.
func (h *Host) hasRules() bool {
	for _, r := range h.routers() {
		if len(r.Rules) > 0 {
			return true
		}
	}
	return false
}

// hasIPv6 reports whether a router is of IPv6.
func (h *Host) hasIPv6() bool {
	for _, r := range h.routers() {
		if r.Family == plan.IPv6 {
			return true
		}
	}
	return false
}
