package node

import (
	"net/netip"
	"slices"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// terms are by what neighbours may send: as the router does, or otherwise while the
// cluster changes its terms.
type terms struct {
	credentials
	interval time.Duration
	listed   []netip.Addr
}

// own returns those by which the router itself sends.
func (r *router) own() terms {
	return terms{r.credentials, millis(r.plan.AdvertInterval), r.listed}
}

// allow finds out by which other terms neighbours may send, given the content of
// secret files. Nobody waits for a secret that only others send by: such terms are
// left out.
func (r *router) allow(secrets map[string]string) {
	r.others = nil
	for _, t := range r.plan.Accept {
		other := terms{credentialsOf(t.Auth, secrets), millis(t.AdvertInterval), nil}
		if other.lack != "" {
			continue
		}
		for _, a := range t.Addresses {
			other.listed = append(other.listed, netip.MustParseAddr(a))
		}
		r.others = append(r.others, other)
	}
}

// takes checks an advert by the router's own terms, and then by the others: nil, or
// the packet.Reason by its own.
func (r *router) takes(a *packet.Advert, in Received, clock packet.Sequence) error {
	err := r.takesBy(r.own(), a, in, clock)
	if err == nil || slices.ContainsFunc(r.others, func(t terms) bool { return r.takesBy(t, a, in, clock) == nil }) {
		return nil
	}
	return err
}

// takesBy checks an advert by some terms.
func (r *router) takesBy(t terms, a *packet.Advert, in Received, clock packet.Sequence) error {
	if err := r.expect(t).Check(a, in.Header); err != nil {
		return err
	}
	return r.verify(a, in, clock, t.keys)
}

// expect is what the router demands of an advert by some terms.
func (r *router) expect(t terms) *packet.Expect {
	return &packet.Expect{
		Version:  uint8(r.plan.Version),
		VRID:     uint8(r.plan.VRID),
		Auth:     t.auth(),
		Interval: t.interval,
		Source:   r.machine.Primary(),
		Group:    r.group,
		Peers:    r.peers,
		Signed:   t.signed,
	}
}

// former is a list of addresses that another plan has changed. Hosts take up a plan one
// after the other: one that lists what was right a moment ago contradicts nobody.
type former struct {
	listed []netip.Addr
	until  vrrp.Instant
}

// catchUp is how long the others have to take up a plan that changes the addresses.
const catchUp = time.Minute

// replaced notes that the router's list of addresses was another one until now.
func (r *router) replaced(listed []netip.Addr, now vrrp.Instant) {
	if !slices.Equal(listed, r.listed) {
		r.former = former{listed, now.Add(catchUp)}
	}
}

// lists reports whether an advert lists the addresses that it should.
func (r *router) lists(a *packet.Advert, now vrrp.Instant) bool {
	return !a.AddressesDiffer(r.listed) ||
		slices.ContainsFunc(r.others, func(t terms) bool { return !a.AddressesDiffer(t.listed) }) ||
		now < r.former.until && !a.AddressesDiffer(r.former.listed)
}

// knows reports whether neighbours may send at an interval.
func (r *router) knows(interval time.Duration) bool {
	return interval == millis(r.plan.AdvertInterval) || slices.ContainsFunc(r.others, func(t terms) bool { return t.interval == interval })
}

// contests reports whether the router and what it was before take each other's
// adverts for forged.
func (r *router) contests(was credentials, others []terms) bool {
	agrees := func(with credentials) func(terms) bool {
		return func(t terms) bool { return !t.contradict(with) }
	}
	return r.credentials.contradict(was) &&
		!(slices.ContainsFunc(r.others, agrees(was)) && slices.ContainsFunc(others, agrees(r.credentials)))
}

// Unusable returns in words which secrets of a plan are not accepted, since their
// files do not hold what is needed, in the plan's order. Those by which a router's own
// adverts go are not among them: it says itself that it waits.
func Unusable(p *plan.Plan, secrets map[string]string) []string {
	var all []string
	for i := range p.Routers {
		r := &p.Routers[i]
		for _, a := range r.Auths() {
			all = append(all, unusable(a, a == r.Auth, r.Vip, secrets)...)
		}
	}
	return slices.Compact(all) // both families of a vip say the same
}
