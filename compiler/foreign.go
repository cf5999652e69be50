package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/schemas/plan"
)

// Foreign returns what the hosts that are not hactl's own have to do, by name, as
// plans that no agent gets: their own programs have to be told the same. Of a
// host of which the configuration does not say enough it returns why. It takes a
// c that compiles without errors.
func Foreign(c *lang.Config) (plans map[string]*plan.Plan, lacking map[string]error) {
	silent := func(*hcl.Diagnostic) {}
	m := resolve(c, silent)
	check(m, silent)
	lacking = map[string]error{}
	for _, v := range m.vips {
		for _, x := range v.members {
			if !own(x.host) && x.port == nil && lacking[x.host.name] == nil {
				lacking[x.host.name] = fmt.Errorf("no interface is named for vip %s: write it into a member block, or declare it in the host's block", v.id())
			}
		}
	}
	plans, _ = lower(m, func(h *host) bool { return !own(h) && lacking[h.name] == nil })
	for host, p := range plans {
		if err := p.Validate(); err != nil {
			delete(plans, host)
			lacking[host] = err
		}
	}
	return plans, lacking
}
