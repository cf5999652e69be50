package agent

import "hactl/agent/node"

// noticed tells of a conflict that has begun or ended.
func (a *Agent) noticed(e node.Noticed) {
	c := e.Conflict
	attributes := []any{"router", e.Router, "kind", c.Kind, "peer", c.Peer, "host", c.Host, "address", c.Address, "packets", c.Count, "origin", a.origin(e.Router)}
	if e.Ended {
		a.cfg.Log.Info("conflict is over", attributes...)
	} else {
		a.cfg.Log.Warn("conflict", append(attributes, "cause", c.Words)...)
	}
	a.notices.noticed(e)
	a.noteChange()
}
