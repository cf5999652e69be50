package doctor

import (
	"fmt"
	"io/fs"
	"path"
)

// examineSnooping looks at the bridges of this machine: one that watches IGMP, and
// that nobody asks on, forgets who listens.
func examineSnooping(h *Host) []Finding {
	grouped := h.Plan == nil
	for _, r := range h.routers() {
		grouped = grouped || r.Group != ""
	}
	if !grouped {
		return nil
	}
	found, _ := fs.Glob(h.Root, "sys/class/net/*/bridge/multicast_snooping")
	var all []Finding
	for _, file := range found {
		dir := path.Dir(file)
		if h.text(file) == "1" && h.text(dir+"/multicast_querier") == "0" {
			name := path.Base(path.Dir(dir))
			all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("the bridge %s watches IGMP and asks nobody (multicast_snooping 1, multicast_querier 0)", name),
				Why: "Without another querier it may stop passing adverts to groups other than 224.0.0.x, and those of IPv6, after some minutes.",
				Do:  []string{fmt.Sprintf("echo 1 | sudo tee /sys/class/net/%s/bridge/multicast_querier", name)}})
		}
	}
	return orGood(all, "no bridge of this machine is in the way of multicast")
}
