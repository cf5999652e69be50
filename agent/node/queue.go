package node

import (
	"container/heap"

	"hactl/agent/vrrp"
)

// waitsForNothing is the place of a router that is not in the queue.
const waitsForNothing = -1

// deadlines is a heap of the routers that wait for an instant. Those that wait for the same
// one are in the order of their IDs, so that their adverts keep their distance.
type deadlines []*router

func (d deadlines) Len() int { return len(d) }
func (d deadlines) Less(i, j int) bool {
	if d[i].deadline == d[j].deadline {
		return d[i].plan.ID < d[j].plan.ID
	}
	return d[i].deadline < d[j].deadline
}
func (d deadlines) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].place, d[j].place = i, j
}
func (d *deadlines) Push(x any) {
	r := x.(*router)
	r.place = len(*d)
	*d = append(*d, r)
}
func (d *deadlines) Pop() any {
	old := *d
	r := old[len(old)-1]
	*d, r.place = old[:len(old)-1], waitsForNothing
	return r
}

// set lets r wait for t; vrrp.Never takes it out.
func (d *deadlines) set(r *router, t vrrp.Instant) {
	r.deadline = t
	switch {
	case t == vrrp.Never && r.place != waitsForNothing:
		heap.Remove(d, r.place)
	case t == vrrp.Never:
	case r.place == waitsForNothing:
		heap.Push(d, r)
	default:
		heap.Fix(d, r.place)
	}
}
