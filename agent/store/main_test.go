package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"

	"github.com/aymanbagabas/go-udiff"
)

// role, in the environment of this program, makes it play another one.
const role = "HACTL_STORE_TEST_ROLE"

func TestMain(m *testing.M) {
	var err error
	switch last := os.Args[len(os.Args)-1]; os.Getenv(role) {
	case "": // HACTL_NETLAB_ENTERED may be set, and is netlab's
		os.Exit(netlab.Main(m))
	case "serve": // as hactl store serve --dir DIR
		var d *Dir
		if d, err = OpenDir(last); err == nil {
			err = Serve(context.Background(), d, os.Stdin, os.Stdout)
		}
	case "write": // two plans in turn, for ever
		err = writeForever(last)
	case "fill": // a store with no room
		err = fill(last)
	case "cut": // ProxyCommand: a connection that breaks, ADDRESS/BYTES
		err = cut(last)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// as returns the words of a command that makes this program play a role.
func as(t testing.TB, what string, args ...string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// A program with the race detector would wait a second before it ends.
	return append([]string{"env", "GORACE=atexit_sleep_ms=0", role + "=" + what, self}, args...)
}

// cut copies standard input and output to a TCP connection, and ends after so
// many bytes of input.
func cut(where string) error {
	address, count, _ := strings.Cut(where, "/")
	var most int64
	if _, err := fmt.Sscan(count, &most); err != nil {
		return err
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	go io.Copy(os.Stdout, c)
	_, err = io.CopyN(c, os.Stdin, most)
	return err
}

// document returns a plan of host with so many routers, whose priority tells it
// from others.
func document(t testing.TB, host string, routers, priority int) []byte {
	t.Helper()
	data, err := encode(host, routers, priority)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encode(host string, routers, priority int) ([]byte, error) {
	p := &plan.Plan{Host: host}
	for n := range routers {
		vip := fmt.Sprintf("web/v%05d", n)
		p.Routers = append(p.Routers, plan.Router{
			ID: vip + "/ipv4", Vip: vip, Family: plan.IPv4, VRID: n%255 + 1, Version: 3, Priority: priority, AdvertInterval: 1000,
			Interface: fmt.Sprintf("eth%d", n/255), Group: "224.0.0.18", Checksum: plan.PseudoHeader,
			Preemption: plan.Preemption{Mode: plan.Always}, Announce: plan.Announce{Burst: 5},
			Addresses: []plan.Address{{Prefix: fmt.Sprintf("10.1.%d.%d/32", n/256, n%256)}}, OnAgentLoss: plan.Release,
		})
	}
	return plan.Encode(p, plan.Envelope{})
}

// must returns v, or fails the test on an error.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError fails the test unless err says all of says.
func wantError(t testing.TB, err error, says ...string) {
	t.Helper()
	for _, s := range says {
		if err == nil || !strings.Contains(err.Error(), s) {
			t.Fatalf("got error %v, want one that says %q", err, s)
		}
	}
}

func same(t testing.TB, what, want, got string) {
	t.Helper()
	if want != got {
		t.Errorf("%s\n%s", what, udiff.Unified("want", "got", want+"\n", got+"\n"))
	}
}

// soon is a context for what takes a moment.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("test took too long"))
	t.Cleanup(cancel)
	return ctx
}
