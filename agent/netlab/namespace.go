package netlab

import (
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// namespace is a network namespace held by a file descriptor, and a thread that
// lives in it until close. Processes are started on that thread: they are in
// the namespace from the first instruction, and their death signal waits for a
// thread that does not end before the lab does.
type namespace struct {
	fd      netns.NsHandle
	handle  *netlink.Handle // its socket is in the namespace
	calls   chan func()     // to the thread
	ended   chan struct{}   // the thread has ended
	closing sync.Once
}

// newNamespace returns a namespace in which lo is up.
func newNamespace() (*namespace, error) {
	n := &namespace{calls: make(chan func()), ended: make(chan struct{})}
	made := make(chan error)
	go n.live(made)
	if err := <-made; err != nil {
		return nil, fmt.Errorf("make network namespace: %w", err)
	}
	if err := n.setUp("lo"); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

// live is the thread. It is never unlocked, so it ends with the goroutine and
// takes the namespace with it as far as it is concerned.
func (n *namespace) live(made chan<- error) {
	defer close(n.ended)
	runtime.LockOSThread()
	err := n.make()
	made <- err
	if err != nil {
		return
	}
	for f := range n.calls {
		f()
	}
}

// make makes the namespace and moves the calling thread into it.
func (n *namespace) make() (err error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	quiet()
	if n.fd, err = netns.Get(); err != nil {
		return err
	}
	if n.handle, err = netlink.NewHandle(unix.NETLINK_ROUTE); err != nil {
		_ = n.fd.Close()
	}
	return err
}

// quiet spares the links of the calling thread's namespace duplicate address
// detection and router solicitations, so that a host is ready at once. Where
// /proc/sys is read-only it takes two seconds longer, which Connect waits for.
func quiet() {
	for _, s := range []string{"accept_dad", "router_solicitations"} {
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/default/"+s, []byte("0"), 0)
	}
}

// call runs f on the namespace's own thread and waits for it. It panics after
// close.
func (n *namespace) call(f func()) {
	done := make(chan struct{})
	n.calls <- func() {
		defer close(done)
		f()
	}
	<-done
}

// do runs f on a new thread in the namespace, which ends with f, and returns
// what f does. Threads that f starts may be elsewhere.
func (n *namespace) do(f func() error) error {
	err := fmt.Errorf("the function did not return")
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends here
		if e := netns.Set(n.fd); e != nil {
			err = fmt.Errorf("enter network namespace: %w", e)
			return
		}
		err = f()
	}()
	<-done
	return err
}

// setUp sets a link up.
func (n *namespace) setUp(name string) error {
	link, err := n.link(name)
	if err != nil {
		return err
	}
	if err := n.handle.LinkSetUp(link); err != nil {
		return fmt.Errorf("set link %s up: %w", name, err)
	}
	return nil
}

// setDown sets a link down.
func (n *namespace) setDown(name string) error {
	link, err := n.link(name)
	if err != nil {
		return err
	}
	if err := n.handle.LinkSetDown(link); err != nil {
		return fmt.Errorf("set link %s down: %w", name, err)
	}
	return nil
}

// link looks a link up.
func (n *namespace) link(name string) (netlink.Link, error) {
	link, err := n.handle.LinkByName(name)
	if err != nil {
		return nil, fmt.Errorf("find link %s: %w", name, err)
	}
	return link, nil
}

// close lets go of the namespace. The kernel removes it, with its links, when
// the last process has left it.
func (n *namespace) close() {
	n.closing.Do(func() {
		close(n.calls)
		<-n.ended
		_ = n.handle.Close()
		_ = n.fd.Close()
	})
}
