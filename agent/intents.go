package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"

	"hactl/agent/node"
	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// wanted is what a look for intents brought.
type wanted struct {
	host    *intent.Host // nil: nothing that could be followed
	problem string       // why not; empty when host counts
}

// lookupIntents reads what people want of the host, under the first of its names
// that has such a file.
func (a *Agent) lookupIntents(ctx context.Context) wanted {
	for _, name := range a.names {
		data, err := a.store.Intents(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return wanted{problem: fmt.Sprintf("the intents cannot be read: %v", err)}
		}
		h, err := intent.Decode(data)
		if err == nil && h.Host != name {
			err = fmt.Errorf("they are those of host %s, not of %s", h.Host, name)
		}
		if err != nil {
			return wanted{problem: fmt.Sprintf("the intents in the store are not followed: %v", err)}
		}
		return wanted{host: h}
	}
	return wanted{host: &intent.Host{}}
}

// heed takes over what people want. What cannot be understood changes nothing: a
// drained host stays drained, and another one in service.
func (a *Agent) heed(w wanted) {
	if w.host != nil {
		a.upgrades.order(w.host.Upgrades)
	}
	if w.problem != "" && w.problem != a.intents.Problem {
		a.cfg.Log.Warn("not following the newest intents; the last known ones stand", "problem", w.problem)
	}
	now := status.Intents{Drained: a.intents.Drained, Holds: a.intents.Holds, Problem: w.problem}
	if w.host != nil {
		now.Drained, now.Holds = w.host.Drain, w.host.Holds
	}
	if reflect.DeepEqual(now, a.intents) {
		return
	}
	a.intents = now
	a.cfg.Log.Info("people want something else of this host", "drained", now.Drained != nil, "holds", len(now.Holds))
	a.mind()
	a.noteChange()
}

// mind tells the node what people want, under the plan that is followed.
func (a *Agent) mind() {
	in, now := node.Intents{Held: map[string]string{}}, a.effectiveIntents()
	if now.Drained != nil {
		in.Drained = fmt.Sprintf("drained by %v", *now.Drained)
	}
	for _, h := range now.Holds {
		in.Held[h.Vip] = fmt.Sprintf("held elsewhere by %v", h.Mark)
	}
	for vip, why := range a.upgrades.held() {
		if in.Held[vip] == "" {
			in.Held[vip] = why
		}
	}
	a.step(in)
}

// effectiveIntents is what people want, without the holds that the plan has ended.
func (a *Agent) effectiveIntents() status.Intents {
	now := a.intents
	now.Holds = nil
	for _, h := range a.intents.Holds {
		if h.Plan == "" || a.doc == nil || h.Plan == a.doc.Hash {
			now.Holds = append(now.Holds, h)
		}
	}
	return now
}
