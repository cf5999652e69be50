package node

import "hactl/agent/vrrp"

// Adverts that are due soon leave together, since every wake-up has its price. But too
// many are not to: a hundred of them take the kernel up to a millisecond, now more and now
// less, and the last of them would come by so much too late.

// fewAtOnce is how many adverts may leave together on every host.
const fewAtOnce = 32

// atOnce is how many adverts are to leave together at the most.
func (n *Node) atOnce() int {
	return max(fewAtOnce, (len(n.all())+vrrp.Slots-1)/vrrp.Slots)
}

// crowd is the adverts of one Step that are due at about the same instant.
type crowd struct {
	due  vrrp.Instant // of the first
	size int
}

// slot counts the advert of r that is due. It says by how many slots the next one is to come
// sooner: a crowd that is too large is a smaller one an interval later, and others before it.
func (s *step) slot(r *router) int {
	if r.machine.State() != vrrp.Active {
		return 0
	}
	if s.crowd.size == 0 || r.deadline > s.crowd.due.Add(r.machine.Ahead()) {
		s.crowd = crowd{due: r.deadline}
	}
	s.crowd.size++
	return min((s.crowd.size-1)/s.node.atOnce(), vrrp.Slots-1)
}

// hasten lets adverts leave that are due soon, as long as there are not too many. Nothing
// is due soon alone, which may mean that nothing was due at all.
func (s *step) hasten() {
	q, most := &s.node.queue, s.node.atOnce()
	for 0 < len(s.effects) && len(s.effects) < most && len(*q) > 0 {
		r := (*q)[0]
		if r.deadline > s.now.Add(r.machine.Ahead()) {
			return
		}
		s.expire(r)
		if r.deadline <= s.now.Add(r.machine.Ahead()) {
			return // something else than an advert is due soon
		}
	}
}
