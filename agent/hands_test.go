package agent_test

import (
	"testing"
	"time"

	"hactl/schemas/status"
)

// A kernel that does not answer holds nothing up but what needs it, and the end:
// what was given up last is to be gone.
func TestLoopGoesOnWithoutTheKernel(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		hold := make(chan struct{})
		pass(2 * time.Second) // the watch is tried again by then
		b.kernel.set(func(k *fakeKernel) { k.hold, k.held = hold, make(chan struct{}, 10) })
		b.kernel.tell()
		<-b.kernel.held
		before := len(b.store.written())
		b.store.publish(t, router(254))
		pass(20 * time.Second)
		if n := len(b.store.written()) - before; n != 5 {
			t.Errorf("%d reports in 20 s while the kernel hung, want 5", n)
		}
		if r := b.store.last(t).Routers; len(r) != 1 || r[0].State != status.Initialize {
			t.Errorf("the plan that came meanwhile is not followed: %+v", r)
		}
		b.Leave("test")
		pass(20 * time.Second)
		select {
		case err := <-b.ended:
			t.Fatalf("Run ended with %v while the kernel hung", err)
		default:
		}
		converged := b.kernel.count(&b.kernel.converged)
		b.kernel.set(func(k *fakeKernel) { k.hold = nil })
		close(hold)
		pass(settled)
		if b.kernel.count(&b.kernel.converged) == converged {
			t.Error("Run ended without a last change of the kernel's tables")
		}
	})
}
