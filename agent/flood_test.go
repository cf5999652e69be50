package agent_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/schemas/event"
	"hactl/schemas/status"
)

// The flood of the test below: for so long, so many packets a second.
const (
	floodTime = 5 * time.Second
	floodRate = 10_000
)

// An attacker sends malformed adverts, and ones that are right but for their sender,
// from a thousand addresses, and claims the address towards the Active router. No
// client notices, nothing moves; what it does is counted, and told a few times. It
// runs alone: other tests count lost replies.
func TestFaultFlood(t *testing.T) {
	c := pair(t, known)
	attacker := c.host("attacker", "10.0.0.66/24")
	p := c.probe("10.0.0.100", "lb01")
	active, err := net.ParseMAC(mac(c, c.hosts["lb01"]))
	c.must(err)
	before := map[string]status.Router{}
	files, memory := map[string]int{}, map[string]int{}
	for _, host := range []string{"lb01", "lb02"} {
		before[host], files[host], memory[host] = c.status(host).Routers[0], c.open(host), c.resident(host)
	}
	began := time.Now()
	sent := c.flood(attacker, frames(active))
	took := time.Since(began)
	t.Logf("%d packets in %v", sent, took.Round(time.Millisecond))
	r := p.Stop()
	t.Logf("the client lost %d of %d replies", r.Lost, r.Sent)
	if r.Proven > 100*time.Millisecond && !heldUp(t, r, 0) || len(r.Turns) != 1 && !stood(t, r) { // two processors are busy with the flood alone
		t.Errorf("the client noticed:\n%v", r)
	}
	for _, host := range []string{"lb01", "lb02"} {
		is := c.status(host)
		if n := is.Routers[0].Transitions - before[host].Transitions; n != 0 {
			t.Errorf("%s made %d transitions", host, n)
		}
		told := c.told(host)
		kinds := len(is.Routers[0].Contradicted)
		t.Logf("%s told of %d conflicts, dropped %v, counted %v, %d MB, then %d", host, told, is.Dropped, is.Routers[0].Contradicted, memory[host]>>20, c.resident(host)>>20)
		if told == 0 || told > 5*kinds {
			t.Errorf("%s told of %d conflicts of %d kinds, want at least one and no more than five a kind", host, told, kinds)
		}
		if is.Dropped["checksum"] == 0 || is.Dropped["ttl"] == 0 || is.Dropped["length"] == 0 {
			t.Errorf("%s dropped %v", host, is.Dropped)
		}
		if n := c.open(host); n > files[host]+2 {
			t.Errorf("%s has %d files open, after %d before", host, n, files[host])
		}
		if n := c.resident(host); n > memory[host]+spare {
			t.Errorf("%s has %d MB of memory, after %d before", host, n>>20, memory[host]>>20)
		}
	}
	if is := c.status("lb01").Routers[0]; is.Contradicted[status.DuplicateAddress] == 0 {
		t.Errorf("the claims are not counted: %v", is.Contradicted)
	}
	c.oneOwner("lb01")
}

// frames are what the attacker sends, over and over.
func frames(active net.HardwareAddr) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	vip := netip.MustParseAddr("10.0.0.100")
	var all [][]byte
	for range 1000 {
		from := netip.AddrFrom4([4]byte{10, 7, byte(random.Uint32()), byte(random.Uint32())})
		a := packet.Advert{Version: 3, VRID: 50, Priority: 1, Interval: time.Second, Addresses: []netip.Addr{vip}}
		good, err := a.Append(nil, from, vrrpGroup, packet.PseudoHeader)
		if err != nil {
			panic(err)
		}
		wrong := append([]byte(nil), good...)
		wrong[7]++
		noise := make([]byte, random.IntN(64))
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		claim := packet.AppendGratuitousARP(nil, net.HardwareAddr{2, 7, 7, 7, byte(random.Uint32()), byte(random.Uint32())}, vip)
		copy(claim, active) // only the Active router is to hear it: its clients would believe it
		all = append(all, inIPv4(from, 255, good), inIPv4(from, 255, wrong), inIPv4(from, 64, good), inIPv4(from, 255, noise), inIPv4(from, 255, good[:7]), claim)
	}
	return all
}

// inIPv4 puts an advert into an Ethernet frame to the group.
func inIPv4(from netip.Addr, ttl byte, payload []byte) []byte {
	b := []byte{0x01, 0, 0x5e, 0, 0, 18, 2, 6, 6, 6, 6, 6, 8, 0, 0x45, 0xc0, 0, 0, 0, 0, 0, 0, ttl, 112, 0, 0}
	b = append(append(b, from.AsSlice()...), vrrpGroup.AsSlice()...)
	binary.BigEndian.PutUint16(b[16:], uint16(20+len(payload)))
	sum := uint32(0)
	for i := 14; i < 34; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	binary.BigEndian.PutUint16(b[24:], ^uint16(sum+sum>>16))
	return append(b, payload...)
}

// out opens what sends frames out of eth0 of a host.
func (c *cluster) out(h interface{ Do(func() error) error }) (out *socket.Frames) {
	c.t.Helper()
	c.must(h.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		out, err = socket.OpenFrames(socket.Interface{Name: ifi.Name, Index: ifi.Index})
		return err
	}))
	return out
}

// flood sends frames at the rate for the time, and returns how many.
func (c *cluster) flood(attacker interface{ Do(func() error) error }, frames [][]byte) (sent int) {
	c.t.Helper()
	out := c.out(attacker)
	defer out.Close()
	const tick = 10 * time.Millisecond
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for sent < int(floodTime/time.Second)*floodRate {
		for range floodRate * int(tick) / int(time.Second) {
			c.must(out.Send(frames[sent%len(frames)]))
			sent++
		}
		<-ticks.C
	}
	return sent
}

// told returns how many events of conflicts there have been on a host.
func (c *cluster) told(host string) int { return len(c.conflictEvents(host)) }

// conflictEvents returns the events of conflicts that there have been on a host.
func (c *cluster) conflictEvents(host string) (all []event.Event) {
	c.t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.socket(host))
	}}}
	answer, err := client.Get("http://agent/v1/events")
	c.must(err)
	defer answer.Body.Close()
	for lines := json.NewDecoder(answer.Body); lines.More(); {
		var e event.Event
		c.must(lines.Decode(&e))
		if e.Conflict != nil {
			all = append(all, e)
		}
	}
	return all
}
