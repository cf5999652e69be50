package plan

import (
	"fmt"
	"reflect"
	"strings"
)

// dependence compares what the router depends on, and what it tells whom.
func (c *comparison) dependence() {
	var was, is []string
	had := map[string]Track{}
	for _, t := range c.was.Tracks {
		was = append(was, t.subject())
		had[t.subject()] = t
	}
	for _, t := range c.is.Tracks {
		is = append(is, t.subject())
		if old, ok := had[t.subject()]; ok {
			plain(c.notes, "track "+t.subject()+":", old.effect(), t.effect())
		}
	}
	members(c.notes, "track", "", was, is)
	members(c.notes, "notify", "", c.was.Notify, c.is.Notify)
	c.hooks()
}

// hooks compares the programs that run when the vip comes or goes.
func (c *comparison) hooks() {
	if reflect.DeepEqual(c.was.Hooks, c.is.Hooks) {
		return
	}
	before := len(c.what)
	for _, w := range []When{BeforeRelease, AfterAcquire} {
		plain(c.notes, fmt.Sprintf("hooks %s", w), c.was.programs(w), c.is.programs(w))
	}
	if len(c.what) == before {
		c.note(InPlace, "", "hooks with other arguments, users, variables, deadlines, or in another order")
	}
}

// programs names those that run at one moment, in order.
func (r *Router) programs(w When) string {
	var s []string
	for _, h := range r.Hooks {
		if h.When == w {
			s = append(s, h.Command[0])
		}
	}
	return strings.Join(s, ", ")
}

// effect says in words what the track does when it is down.
func (t Track) effect() string {
	switch t.Effect {
	case Demote:
		return fmt.Sprintf("demote by %d", -t.Weight)
	case Fault:
		return strings.TrimSuffix(fmt.Sprintf("fault %d", t.Weight), " 0")
	}
	return fmt.Sprintf("%s %+d", t.Effect, t.Weight)
}

// failover says in words what moves with the router's vip.
func (r *Router) failover() string {
	if r.Unit == "" {
		return "each"
	}
	return "together as " + r.Unit
}

// routes compares the routes and rules that move with the router.
func (c *comparison) routes() {
	members(c.notes, "route", "", words(c.was.Routes), words(c.is.Routes))
	members(c.notes, "rule", "", words(c.was.Rules), words(c.is.Rules))
}

// words returns what each thing prints as.
func words[T fmt.Stringer](things []T) []string {
	var s []string
	for _, x := range things {
		s = append(s, x.String())
	}
	return s
}

// String returns the route in the words of ip(8).
func (x Route) String() string {
	return x.Destination + phrase("via", x.Via) + phrase("dev", x.Interface) + phrase("src", x.Source) +
		phrase("metric", number(x.Metric)) + phrase("table", number(x.Table)) + phrase("scope", string(x.Scope))
}

// String returns the rule in the words of ip(8).
func (x Policy) String() string {
	s := fmt.Sprintf("priority %d", x.Priority) + phrase("from", x.From) + phrase("to", x.To) + phrase("iif", x.Interface)
	if x.Mark != 0 {
		s += fmt.Sprintf(" fwmark %#x", x.Mark)
	}
	return s + fmt.Sprintf(" lookup %d", x.Table)
}

// phrase returns a word and its value, nothing without one.
func phrase(word, value string) string {
	if value == "" {
		return ""
	}
	return " " + word + " " + value
}

// number prints n, nothing when it is 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
