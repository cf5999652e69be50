package metrics

import (
	"fmt"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
)

// The words of the two reasons that are counted by.
var (
	transitionReasons = words(vrrp.Reasons())
	dropReasons       = words(packet.Reasons())
)

// words returns the words of a set.
func words[R fmt.Stringer](set []R) []string {
	var list []string
	for _, r := range set {
		list = append(list, r.String())
	}
	return list
}
