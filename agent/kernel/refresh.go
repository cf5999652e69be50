package kernel

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hactl/agent/node"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Refresh makes addresses last for their lifetimes from now on: those of the wishes
// that have one, and are there, ours, and to expire. The rest is left as it is, for Converge to
// see to. It asks going now and then, and ends once that is false: whoever was held
// up might put an address back that has gone meanwhile.
func (k *Kernel) Refresh(wishes []node.Wish, going func() bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for batch := range slices.Chunk(wishes, together) {
		there, err := k.table.find(batch)
		if err != nil {
			return err
		}
		there = slices.DeleteFunc(there, func(f found) bool { return !f.expires() || f.lifetime == 0 || !k.ours(f.link, f.address) })
		if !going() {
			return nil
		}
		if err := k.table.renew(there); err != nil {
			return err
		}
	}
	return nil
}

// together is how many addresses are renewed by one system call.
const together = 64

// found is the address that a wish is about, as it is.
type found struct {
	address
	link     entry // without its addresses
	lifetime time.Duration
}

// renewal returns the change that lets f last from now on, and changes nothing else.
func (f found) renewal() op {
	return op{
		verb: renew, link: f.link.name, index: f.link.index, prefix: f.prefix,
		detail: f.detail(f.link.name), lifetime: f.lifetime,
	}
}

// find returns those of the wishes' addresses that are there.
func (t *rtnetlink) find(wishes []node.Wish) ([]found, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.learn(); err != nil {
		return nil, err
	}
	var there []found
	for _, e := range t.links {
		there = append(there, e.among(wishes)...)
	}
	return there, nil
}

// among returns those of the wishes' addresses that are on e.
func (e entry) among(wishes []node.Wish) (there []found) {
	for _, w := range wishes {
		if w.Interface != e.name {
			continue
		}
		if at := e.find(w.Prefix); at >= 0 {
			there = append(there, found{address: e.addresses[at], link: entry{index: e.index, name: e.name}, lifetime: w.Lifetime})
		}
	}
	return there
}

// renew lets addresses last from now on.
func (t *rtnetlink) renew(there []found) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	orders := make([]*nl.NetlinkRequest, len(there))
	for i, f := range there {
		orders[i] = t.requests.put(f.renewal(), !t.unmarked)
	}
	return errors.Join(t.requests.all(orders), t.hear())
}

// all sends requests together, and waits for their acknowledgements. It returns the
// first error; the others are carried out all the same.
func (r *requests) all(orders []*nl.NetlinkRequest) (err error) {
	var letter []byte
	waiting := map[uint32]bool{}
	for _, o := range orders {
		letter = append(letter, o.Serialize()...)
		waiting[o.Seq] = true
	}
	if len(waiting) == 0 {
		return nil
	}
	if err := unix.Sendto(r.socket.Socket.GetFd(), letter, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("renew addresses: %w", err)
	}
	for len(waiting) > 0 {
		answers, _, failure := r.socket.Socket.Receive()
		if failure != nil {
			return fmt.Errorf("renew addresses: %w", failure)
		}
		for _, m := range answers {
			if code := int32(u32(m.Data)); waiting[m.Header.Seq] && m.Header.Type == unix.NLMSG_ERROR && code != 0 && err == nil {
				err = fmt.Errorf("renew an address: %w", unix.Errno(-code))
			}
			delete(waiting, m.Header.Seq)
		}
	}
	return err
}
