package main

import (
	"fmt"
	"strings"

	"hactl/agent"
)

// unable returns in words what the host's next plan asks for and an agent of
// this version cannot do.
func (h proposed) unable() []string { return agent.Unable(&h.Next.Plan) }

// able refuses a proposal that the agents would refuse: nothing has been changed.
func (p proposal) able() error {
	var hosts []string
	for _, h := range p.Hosts {
		if words := h.unable(); len(words) > 0 {
			hosts = append(hosts, fmt.Sprintf("the agent of %s cannot yet %s", h.Host, strings.Join(words, ", nor ")))
		}
	}
	if len(hosts) == 0 {
		return nil
	}
	return fmt.Errorf("nothing was changed, as the plans ask for more than this hactl does: %s. Leave that out of the configuration, or install a hactl that does it",
		strings.Join(hosts, "; "))
}
